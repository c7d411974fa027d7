// What a lab file says: how to reach hosts and guests, and what may be touched there.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace migstorm {

// A password never leaves this type by accident: it is read from an environment variable or a file.
struct Credential {
  std::string name;
  std::string user;          // "DOMAIN\user", "user@REALM" or a local account
  std::string password_env;  // name of the environment variable, or
  std::string password_file; // path of a file whose first line it is
  std::string password;      // only in lab files of the simulated cluster
};

enum class ClockMode : std::uint8_t { scaled, lockstep };

struct Endpoint {
  std::string name;       // host name as scenario and reports use it; for a guest its ElementName
  std::string url;        // http(s)://address:port/wsman
  std::string credential; // name of a credential
  bool verify_tls = true;
  std::string ca_file; // PEM, for https
};

// A url or a command.
struct DumpWay {
  std::string url; // "file:///srv/guests/{guest}/MEMORY.DMP" or "smb://{address}/c$/Windows/MEMORY.DMP"
  std::vector<std::string> command; // a program of the operator and its arguments
};

// Follows the mark in the Notes of a guest that may be crashed on purpose.
inline constexpr const char* kCanarySuffix = "-canary";

struct LabFile {
  std::string path;
  std::string name;
  std::string
      cluster_name; // MSCluster_Cluster.Name; empty: not asked for. A host of another cluster is refused.
  std::string cluster_id; // GUID, upper case, no braces; empty: not asked for
  bool simulated = false; // `simulated:` is present: tools/lab can serve it
  ClockMode clock = ClockMode::scaled;
  std::uint32_t clock_factor = 1;
  bool allow_unencrypted = false; // plain http, loopback only
  std::vector<Credential> credentials;
  std::vector<Endpoint> hosts;
  std::vector<Endpoint> guests;            // guests that can be asked themselves
  std::vector<std::string> allowed_guests; // patterns or GUIDs; empty: every guest that carries the mark
  std::vector<std::string>
      allowed_hosts; // patterns: where guests may be moved from and to; empty: every host
  std::vector<std::string>
      allowed_volumes;            // patterns of paths: where disks of moved guests may lie; empty: anywhere
  std::vector<std::string> never; // patterns of guests; wins over everything
  std::string mark = "migstorm";  // text in a guest's Notes that allows it
  std::vector<std::string> canaries; // GUIDs of guests that are there to be crashed
  std::uint32_t lanes_per_host = 4;  // connections at most
  struct Polling {
    std::chrono::nanoseconds jobs = std::chrono::seconds(1);
    std::chrono::nanoseconds summary = std::chrono::seconds(4);
    std::chrono::nanoseconds events = std::chrono::seconds(30);
    std::chrono::nanoseconds disks = std::chrono::seconds(10);
  } polling;
  // No volume with disks of the plan's guests may have less left than either.
  struct Space {
    std::uint32_t free_percent = 20;
    std::uint64_t free_bytes = 200ULL << 30U;
  } space;
  // How the guests' crash dumps are reached.
  struct Gather {
    std::vector<DumpWay> ways; // tried in this order
    std::string symbols;       // a debugger's symbol path; empty: the environment's
  } gather;
  // Who asks guests for their dumps over smb://, and how.
  struct Smb {
    std::string credential;         // name of a credential; empty: no way needs one
    bool kerberos = false;          // and not NTLM
    bool allow_unencrypted = false; // SMB 2.1, which 2008 R2 speaks
    std::chrono::nanoseconds timeout = std::chrono::seconds(20);
  } smb;
  // What becomes of them.
  struct Dumps {
    bool rename = false;                    // on the guest, once it was brought home
    std::string folder;                     // where they are kept; empty: beside the journal
    std::uint64_t rate = 0;                 // bytes a second; 0: as fast as it goes
    std::uint64_t keep_free = 20ULL << 30U; // bytes, where they are kept
  } dumps;
  std::chrono::nanoseconds operation_timeout = std::chrono::seconds(60);
};

} // namespace migstorm

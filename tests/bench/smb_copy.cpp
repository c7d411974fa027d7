// How fast a dump comes home over SMB, beside `smbclient get` of the same file from the same server, and how
// much of a large one is read to name its crash in place. Prints one line per measurement.
//
//   smb_copy copy FOLDER [GIB]      half zeros, half bytes that hardly pack
//   smb_copy triage DUMP SYMBOLS    DUMP is served from where it is
#include "analyzers/triage/store_images.hpp"
#include "analyzers/triage/triage.hpp"
#include "harness/gather/cached_source.hpp"
#include "harness/gather/fetch.hpp"
#include "harness/gather/smb_way.hpp"
#include "harness/runtime/sim_runtime.hpp"
#include "tests/support/samba.hpp"

#include <chrono>
#include <cstdio>
#include <fstream>
#include <stdexcept>

using namespace migstorm;
using namespace migstorm::gather;
using namespace migstorm::test;

namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

// A mebibyte of zeros, then one of noise in which every eighth byte is zero, and so on.
void write_dump(const std::string& path, std::uint64_t size) {
  constexpr std::size_t kBlock = 1 << 20;
  std::ofstream out(path, std::ios::binary);
  const std::string zeros(kBlock, '\0');
  std::string noise(kBlock, '\0');
  std::uint64_t state = 88172645463325252ULL;
  for (std::uint64_t at = 0; at < size; at += 2 * kBlock) {
    for (std::size_t i = 0; i < kBlock; ++i) {
      state ^= state << 13U;
      state ^= state >> 7U;
      state ^= state << 17U;
      noise[i] = i % 8 == 0 ? '\0' : static_cast<char>(state);
    }
    out << zeros << noise;
  }
  out.close();
  if (!out) {
    throw std::runtime_error("cannot write " + path);
  }
}

void log_in(SmbAccount& account, const SambaServer& server) {
  account.domain = "TEST";
  account.user = server.user();
  account.password = SambaServer::password();
}

std::unique_ptr<DumpFile> open_on(const SambaServer& server, SmbAccount& account, const std::string& name) {
  const auto way = make_smb_way(
      "smb://{address}:" + std::to_string(server.port()) + "/dumps/" + name,
      [&account](const std::string&) { return &account; }, MIGSTORM_SMB_PROGRAM);
  auto file = way->open({"guest", "127.0.0.1"});
  if (!file) {
    throw std::runtime_error(file.error().detail);
  }
  return *std::move(file);
}

void by_smbclient(const SambaServer& server, const std::string& folder, double gib) {
  const std::string target = folder + "/by-smbclient";
  const auto start = Clock::now();
  Process get({"smbclient", "//127.0.0.1/dumps", "-s", server.folder().file("client.conf"), "-p",
               std::to_string(server.port()), "-U", server.user() + "%" + SambaServer::password(),
               "--client-protection=encrypt", "-c", "get MEMORY.DMP " + target},
              server.folder().file("get.out"), server.folder().file("get.err"));
  if (get.wait(std::chrono::minutes(10)) != 0) {
    throw std::runtime_error(read_file(server.folder().file("get.out")));
  }
  const double seconds = seconds_since(start);
  std::printf("smbclient get  %6.2f s  %7.1f MiB/s\n", seconds, gib * 1024 / seconds);
  std::filesystem::remove(target);
}

void by_fetch(const SambaServer& server, const std::string& folder, double gib) {
  SmbAccount account;
  log_in(account, server);
  SimRuntime runtime({1, {}, std::chrono::hours(1), {}});
  const auto space = make_disk_space();
  const auto start = Clock::now();
  const auto file = open_on(server, account, "MEMORY.DMP");
  FetchRequest request;
  request.path = folder + "/by-migstorm.zst";
  const auto fetched = run(runtime, fetch(runtime, OffloadLane::files, *file, *space, std::move(request)));
  if (!fetched) {
    throw std::runtime_error(fetched.error().detail);
  }
  const double seconds = seconds_since(start);
  std::printf("migstorm       %6.2f s  %7.1f MiB/s  packed to %llu MiB\n", seconds, gib * 1024 / seconds,
              static_cast<unsigned long long>(fetched->packed_size >> 20U));
  std::filesystem::remove(fetched->path);
}

int copy(const std::string& folder, double gib) {
  SambaServer server;
  write_file(server.folder().file("client.conf"), "[global]\n");
  write_dump(server.file("MEMORY.DMP"), static_cast<std::uint64_t>(gib * (1U << 30U)));
  for (int i = 0; i < 3; ++i) {
    by_smbclient(server, folder, gib);
    by_fetch(server, folder, gib);
  }
  return 0;
}

int name(const std::string& dump, const std::string& symbols) {
  SambaOptions options;
  options.path = std::filesystem::absolute(dump).parent_path().string();
  SambaServer server(options);
  SmbAccount account;
  log_in(account, server);
  pdb::SymbolStore store({{{symbols}, {}}}, nullptr);
  triage::StoreImages images(store);
  const auto start = Clock::now();
  const auto file = open_on(server, account, std::filesystem::path(dump).filename().string());
  CachedSource cached(*file);
  const auto result = triage::triage(cached, images, {});
  if (!result) {
    throw std::runtime_error(result.error().detail);
  }
  std::printf("%s in %.2f s, %llu of %llu bytes read (%.3f %%)\n", result->signature.c_str(),
              seconds_since(start), static_cast<unsigned long long>(file->bytes_read()),
              static_cast<unsigned long long>(file->size()),
              100.0 * static_cast<double>(file->bytes_read()) / static_cast<double>(file->size()));
  return 0;
}

} // namespace

int main(int argc, char** argv) {
  try {
    const std::string what = argc > 2 ? argv[1] : "";
    if (what == "copy") {
      return copy(argv[2], argc > 3 ? std::stod(argv[3]) : 4);
    }
    if (what == "triage" && argc > 3) {
      return name(argv[2], argv[3]);
    }
    std::puts("smb_copy copy FOLDER [GIB] | smb_copy triage DUMP SYMBOLS");
    return 2;
  } catch (const std::exception& error) {
    std::printf("%s\n", error.what());
    return 3;
  }
}

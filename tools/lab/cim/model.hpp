// CIM as the simulated hosts keep it: typed classes, instances, object paths, and the port through which the
// WS-Man endpoint asks the engine's providers. The client side (harness/wsman/cim.hpp) knows nothing of this:
// WS-Man is text.
#pragma once

#include <migstorm/result.hpp>
#include <migstorm/runtime.hpp>

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace migstorm::lab::cim {

enum class Type : std::uint8_t {
  boolean,
  uint8,
  sint8,
  uint16,
  sint16,
  uint32,
  sint32,
  uint64,
  sint64,
  string,
  datetime,
  interval,
  reference,
  object,
};

struct PropertyDef {
  std::string name;
  Type type = Type::string;
  bool array = false;
  bool key = false;
};

struct ParameterDef {
  std::string name;
  Type type = Type::string;
  bool array = false;
  bool out = false;
};

struct MethodDef {
  std::string name;
  std::vector<ParameterDef> parameters; // in the documented order
  bool is_static = false;
};

struct ClassDef {
  std::string name;
  std::string parent; // documented parent; a query for a class also answers with its subclasses' instances
  std::string ns;     // "root/virtualization/v2", lower case, forward slashes
  std::vector<PropertyDef> properties;
  std::vector<MethodDef> methods;
  bool association = false;

  std::size_t index_of(std::string_view property) const noexcept; // npos if absent; case-insensitive
  static constexpr std::size_t npos = static_cast<std::size_t>(-1);
};

struct Key {
  std::string name;
  std::string value; // numbers in decimal
};

struct ObjectPath {
  std::string host; // __SERVER of the machine that holds it; may be empty in requests
  std::string ns;
  std::string class_name;
  std::vector<Key> keys;

  const std::string* find(std::string_view key) const noexcept;
};

class Instance;
using InstancePtr = std::shared_ptr<const Instance>;

struct Datetime {
  CivilTime time{};
  int offset_minutes = 0;
};
struct Interval {
  Span span{};
};

// monostate is NULL. An array property holds a vector of scalars.
using Scalar = std::variant<std::monostate, bool, std::int64_t, std::uint64_t, std::string, Datetime,
                            Interval, ObjectPath, InstancePtr>;
using Array = std::vector<Scalar>;
using Value = std::variant<Scalar, Array>;

// An instance of a class: one value per property of the class; those never set are NULL, never absent.
class Instance {
public:
  explicit Instance(const ClassDef& definition)
      : definition_(&definition), values_(definition.properties.size()) {}

  const ClassDef& definition() const noexcept { return *definition_; }
  const std::vector<Value>& values() const noexcept { return values_; }
  const Value* find(std::string_view property) const noexcept;
  // A property that the class does not have is a programmer's error (assert).
  Instance& set(std::string_view property, Value value);

private:
  const ClassDef* definition_;
  std::vector<Value> values_;
};

// What a WQL statement or a path asks for that a provider may use to answer with fewer instances; it need
// not: the endpoint filters again.
struct Hint {
  std::vector<Key> equal;  // `property = 'text'` terms that are ANDed at the top of the WHERE clause
  std::vector<Key> one_of; // all of the terms, on one property, if the clause is nothing but these ORed
};

struct MethodFault {
  std::uint32_t hresult = 0x80041001; // WBEM_E_FAILED
  std::string message;
};

// A method's outcome: the out parameters by name, or a WMI error that becomes a SOAP fault.
struct MethodResult {
  std::uint32_t return_value = 0;
  bool is_void = false; // MSCluster methods: no ReturnValue element
  std::vector<std::pair<std::string, Value>> out;
  std::optional<MethodFault> fault;
};

// A record of an event log. The views are into what the machine keeps.
struct LoggedEvent {
  std::uint64_t record = 0; // from 1 within one channel
  CivilTime at{};           // by the machine's own clock
  std::uint32_t id = 0;
  std::uint8_t level = 4;
  std::uint8_t version = 0;
  std::string_view provider;
  std::string_view provider_guid;       // with braces; empty for classic sources
  std::string_view source;              // classic source name, or the provider's
  bool user_data = false;               // fields stand in UserData/VmlEventLog, else in EventData
  std::vector<std::string_view> fields; // names; "" where a string has none
  std::vector<std::string> strings;
  std::string message; // rendered
};

// One simulated machine (host or guest) as seen through WMI. The engine's provider implements it; everything
// is synchronous and happens at the time that the lab's clock shows.
class Machine {
public:
  virtual ~Machine() = default;

  virtual std::string computer_name() const = 0; // __SERVER
  virtual std::string os_version() const = 0;    // "6.3.9600"
  virtual int utc_offset_minutes() const = 0;

  // Class definitions of a namespace; nullptr if there is no such namespace or class here.
  virtual bool has_namespace(std::string_view ns) const = 0;
  virtual const ClassDef* find_class(std::string_view ns, std::string_view name) const = 0;
  // Instances of exactly this class (the caller asks for subclasses one by one, with subclasses_of).
  virtual void enumerate(const ClassDef& definition, const Hint& hint,
                         const std::function<void(InstancePtr)>& sink) = 0;
  virtual std::vector<const ClassDef*> subclasses_of(const ClassDef& definition) const = 0;
  // Instances associated with `path`, for ASSOCIATORS OF: pairs of association class and the other end's
  // path.
  struct Association {
    const ClassDef* association = nullptr;
    ObjectPath other;
    std::string role;        // property of the association that refers to `path`
    std::string result_role; // property that refers to `other`
  };
  virtual std::vector<Association> associations_of(const ObjectPath& path) = 0;

  // `in` holds the arguments by parameter name, typed as the method declares; embedded instances that Hyper-V
  // declares as strings arrive as CIM-XML text. A method on a path that matches no instance gives 0x80041002.
  virtual MethodResult invoke(const ObjectPath& target, const MethodDef& method,
                              const std::vector<std::pair<std::string, Value>>& in) = 0;
  // Put: `changes` are the properties sent. 0x80041024 where the class is read-only.
  virtual std::optional<MethodFault> put(const ObjectPath& target,
                                         const std::vector<std::pair<std::string, Value>>& changes) = 0;

  // Event logs as subscriptions read them. No channels: the account may not read events that way.
  virtual std::vector<std::string> event_channels() const { return {}; }
  // The oldest and the newest record; 0 where there is none.
  virtual std::pair<std::uint64_t, std::uint64_t> event_range(std::string_view /*channel*/) const {
    return {0, 0};
  }
  // Records after that number, in order, until `sink` returns false.
  virtual void read_events(std::string_view /*channel*/, std::uint64_t /*after*/,
                           const std::function<bool(const LoggedEvent&)>& /*sink*/) const {}
  virtual std::uint32_t boots() const { return 1; } // what is open ends when it restarts
  virtual CivilTime own_time() const { return {}; } // by its own clock

  // Quotas and limits of this machine's WS-Man service.
  struct Limits {
    std::uint32_t max_envelope_size = 512000; // bytes
    Span enumeration_timeout = std::chrono::seconds(60);
    Span max_timeout = std::chrono::seconds(60);
    std::uint32_t max_concurrent_operations = 1500; // per user
    std::uint32_t max_batch_items = 32000;
    std::uint32_t max_connections = 300;
    std::uint32_t max_subscriptions = 25; // to event logs, by one user; not documented by anybody
    std::string stack = "3.0";
    std::string service_pack = "0.0";
  };
  virtual const Limits& limits() const = 0;
};

// Key properties in the class's order, host and namespace filled in.
ObjectPath path_of(const Instance& instance, std::string_view host);
// \\HOST\Root\Virtualization\V2:Msvm_X.Key="value" with backslashes in values doubled.
std::string format_path(const ObjectPath& path);
std::optional<ObjectPath> parse_path(std::string_view text);

} // namespace migstorm::lab::cim

// Enumerate, Pull and Release.
#include "tools/lab/cim/text.hpp"
#include "tools/lab/wql/run.hpp"
#include "tools/lab/wsman/names.hpp"
#include "tools/lab/wsman/operations.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace migstorm::lab::wsman {

namespace {

enum class Polymorphism : std::uint8_t { include, exclude, none };

// What the body of Enumerate asks for.
struct Wish {
  bool optimised = false;
  std::size_t elements = 1;
  ItemMode mode = ItemMode::object;
  Polymorphism polymorphism = Polymorphism::include;
  pugi::xml_node filter;
};

Fault filter_fault(const Error& error) {
  auto fault = make_fault(FaultCode::cannot_process_filter,
                          "The WMI service cannot process the query. " + error.detail);
  fault.from_provider = true;
  return fault;
}

OrFault<std::size_t> read_elements(const pugi::xml_node& parent, const cim::Machine::Limits& limits) {
  const auto node = child_named(parent, "MaxElements");
  if (!node) {
    return std::size_t{1};
  }
  const auto wanted = cim::parse_unsigned(trimmed_text(node));
  if (!wanted || *wanted == 0) {
    return make_fault(FaultCode::invalid_batch, "MaxElements is not a positive number.");
  }
  return static_cast<std::size_t>(std::min<std::uint64_t>(*wanted, limits.max_batch_items));
}

std::optional<Fault> read_mode(const pugi::xml_node& body, Wish& wish) {
  const auto mode = trimmed_text(child_named(body, "EnumerationMode"));
  if (mode == "EnumerateEPR") {
    wish.mode = ItemMode::reference;
  } else if (mode == "EnumerateObjectAndEPR") {
    wish.mode = ItemMode::both;
  } else if (!mode.empty() && mode != "EnumerateObject") {
    return make_fault(FaultCode::unsupported_feature, "Enumeration mode " + std::string(mode.substr(0, 64)));
  }
  const auto polymorphism = trimmed_text(child_named(body, "PolymorphismMode"));
  if (polymorphism == "ExcludeSubClassProperties") {
    wish.polymorphism = Polymorphism::exclude;
  } else if (polymorphism == "None") {
    wish.polymorphism = Polymorphism::none;
  } else if (!polymorphism.empty() && polymorphism != "IncludeSubClassProperties") {
    return make_fault(FaultCode::unsupported_feature,
                      "Polymorphism mode " + std::string(polymorphism.substr(0, 64)));
  }
  return std::nullopt;
}

OrFault<Wish> read_wish(const Call& call) {
  const auto& body = call.request.body;
  if (local_name(body) != "Enumerate") {
    return make_fault(FaultCode::invalid_body, "The body holds no Enumerate.");
  }
  Wish wish;
  wish.optimised = !child_named(body, "OptimizeEnumeration").empty();
  wish.filter = child_named(body, "Filter");
  auto elements = read_elements(body, call.machine.limits());
  if (auto* fault = std::get_if<Fault>(&elements)) {
    return std::move(*fault);
  }
  wish.elements = std::get<std::size_t>(elements);
  if (auto fault = read_mode(body, wish)) {
    return *std::move(fault);
  }
  return wish;
}

// A condition that holds where every selector equals its property.
OrFault<std::optional<wql::Condition>> selector_condition(const pugi::xml_node& filter) {
  auto selectors = parse_selectors(child_named(filter, "SelectorSet"));
  if (auto* fault = std::get_if<Fault>(&selectors)) {
    return std::move(*fault);
  }
  wql::Condition all;
  all.kind = wql::Condition::Kind::all;
  for (auto& key : std::get<0>(selectors)) {
    wql::Condition term;
    term.left.is_name = true;
    term.left.name = std::move(key.name);
    term.right.literal = std::move(key.value);
    all.parts.push_back(std::move(term));
  }
  return all.parts.empty() ? std::optional<wql::Condition>() : std::optional(std::move(all));
}

bool has_key_selectors(const Request& request) {
  return std::any_of(request.selectors.begin(), request.selectors.end(),
                     [](const cim::Key& key) { return !cim::iequals(key.name, names::kNamespaceSelector); });
}

OrFault<wql::Statement> read_wql(const pugi::xml_node& filter, const Resource& resource) {
  auto statement = wql::parse(text_of(filter));
  if (!statement) {
    return filter_fault(statement.error());
  }
  if (resource.class_name != "*" &&
      (!statement->is_select || !cim::iequals(statement->select.class_name, resource.class_name))) {
    return make_fault(
        FaultCode::uri_not_for_wql,
        "The resource URI of a WQL query must name all classes (*) or the one that is queried.");
  }
  return *std::move(statement);
}

// Without a filter: the class in the resource URI.
OrFault<wql::Statement> read_class(const pugi::xml_node& filter, const Resource& resource) {
  if (resource.class_name == "*") {
    return make_fault(FaultCode::uri_not_for_wql, "An enumeration of all classes needs a WQL filter.");
  }
  wql::Statement statement;
  statement.select.class_name = resource.class_name;
  if (filter) {
    auto condition = selector_condition(filter);
    if (auto* fault = std::get_if<Fault>(&condition)) {
      return std::move(*fault);
    }
    statement.select.where = std::get<0>(std::move(condition));
  }
  return statement;
}

OrFault<wql::Statement> read_statement(const Call& call, const Wish& wish, const Resource& resource) {
  if (has_key_selectors(call.request)) {
    return make_fault(FaultCode::unexpected_selectors, "An enumeration takes no selectors.");
  }
  const std::string_view dialect = cim::trim(wish.filter.attribute("Dialect").value());
  if (wish.filter && dialect == names::kDialectWql) {
    return read_wql(wish.filter, resource);
  }
  if (wish.filter && dialect != names::kDialectSelectors) {
    return make_fault(FaultCode::filter_dialect, "Filter dialect " + std::string(dialect.substr(0, 128)));
  }
  return read_class(wish.filter, resource);
}

std::string kind_of(const wql::Statement& statement, bool filtered) {
  if (statement.is_select) {
    return (filtered ? "query " : "enumerate ") + statement.select.class_name;
  }
  const auto& related = statement.related;
  return (related.references ? "references " : "associators ") + related.path.class_name;
}

void append_item(std::string& out, const Enumeration& enumeration, const cim::Instance& instance) {
  if (enumeration.mode == ItemMode::both) {
    out += "<w:Item>";
  }
  if (enumeration.mode != ItemMode::reference) {
    append_instance(out, instance, enumeration.shape);
  }
  if (enumeration.mode != ItemMode::object) {
    append_endpoint_reference(out, instance, enumeration.shape);
  }
  if (enumeration.mode == ItemMode::both) {
    out += "</w:Item>";
  }
}

// Appends up to `elements` items; what does not fit stays for the next Pull, unless it never can.
std::optional<Fault> append_items(Call& call, Enumeration& enumeration, std::size_t elements,
                                  std::size_t characters) {
  const auto room = room_for_items(call);
  const auto end =
      characters < room && call.out.size() < room - characters ? call.out.size() + characters : room;
  for (std::size_t count = 0; count < elements && !enumeration.done(); ++count) {
    const auto before = call.out.size();
    append_item(call.out, enumeration, *enumeration.rows[enumeration.next]);
    if (call.out.size() > end) {
      if (count == 0) {
        return make_fault(
            FaultCode::response_too_large,
            fmt::format("One item takes {} bytes and does not fit the response.", call.out.size() - before));
      }
      call.out.resize(before);
      break;
    }
    ++enumeration.next;
  }
  return std::nullopt;
}

OrFault<Enumeration> open(Call& call, const Wish& wish) {
  auto resource = parse_resource(call.request.resource_uri, call.request.selector(names::kNamespaceSelector));
  if (!resource) {
    return make_fault(FaultCode::invalid_resource_uri,
                      "The resource URI is missing or not known here: " +
                          std::string(call.request.resource_uri.substr(0, 256)));
  }
  auto statement = read_statement(call, wish, *resource);
  if (auto* fault = std::get_if<Fault>(&statement)) {
    return std::move(*fault);
  }
  auto& parsed = std::get<wql::Statement>(statement);
  call.kind = kind_of(parsed, !wish.filter.empty());
  auto rows = wql::run(parsed, call.machine, resource->ns, wish.polymorphism != Polymorphism::none);
  if (!rows) {
    auto fault = filter_fault(rows.error());
    fault.code = wish.filter ? fault.code : FaultCode::invalid_resource_uri;
    return fault;
  }
  Enumeration enumeration;
  enumeration.rows = std::move(rows->instances);
  enumeration.mode = wish.mode;
  enumeration.shape.prefix = std::move(resource->prefix);
  enumeration.shape.generic = resource->generic;
  enumeration.shape.as = wish.polymorphism == Polymorphism::exclude ? rows->queried : nullptr;
  enumeration.shape.properties = std::move(parsed.select.properties);
  return enumeration;
}

Instant expiry(const Call& call) { return call.now + call.machine.limits().enumeration_timeout; }

void append_context(std::string& out, std::string_view id) {
  out.append("<n:EnumerationContext>").append(id).append("</n:EnumerationContext>");
}

// MaxCharacters, or as good as none.
OrFault<std::size_t> read_characters(const pugi::xml_node& body) {
  const auto node = child_named(body, "MaxCharacters");
  if (!node) {
    return std::size_t{1} << 40;
  }
  const auto wanted = cim::parse_unsigned(trimmed_text(node));
  if (!wanted || *wanted == 0) {
    return make_fault(FaultCode::invalid_batch, "MaxCharacters is not a positive number.");
  }
  return static_cast<std::size_t>(std::min<std::uint64_t>(*wanted, std::uint64_t{1} << 40));
}

Fault unknown_context() {
  return make_fault(FaultCode::invalid_context,
                    "The enumeration context is not valid: it ended, expired or never was.");
}

} // namespace

std::optional<Fault> enumerate(Call& call) {
  auto read = read_wish(call);
  if (auto* fault = std::get_if<Fault>(&read)) {
    return std::move(*fault);
  }
  const auto& wish = std::get<Wish>(read);
  auto opened = open(call, wish);
  if (auto* fault = std::get_if<Fault>(&opened)) {
    return std::move(*fault);
  }
  auto& enumeration = std::get<Enumeration>(opened);
  auto id = make_uuid(call.random);
  auto& out = call.out;
  out.append("<n:EnumerateResponse xmlns:n=\"").append(names::kEnumeration).append("\">");
  if (!wish.optimised) {
    append_context(out, id);
    out += "</n:EnumerateResponse>";
    call.contexts.add(std::move(id), std::move(enumeration), expiry(call));
    return std::nullopt;
  }
  // The context stands before the items although only they tell whether one is needed: its place is filled
  // later.
  const auto context_at = out.size();
  out += "<w:Items>";
  if (auto fault = append_items(call, enumeration, wish.elements, std::size_t{1} << 40)) {
    return fault;
  }
  out += "</w:Items>";
  std::string context;
  if (enumeration.done()) {
    out += "<w:EndOfSequence/>";
  } else {
    append_context(context, id);
    call.contexts.add(std::move(id), std::move(enumeration), expiry(call));
  }
  out.insert(context_at, context.empty() ? "<n:EnumerationContext/>" : context);
  out += "</n:EnumerateResponse>";
  return std::nullopt;
}

std::optional<Fault> pull(Call& call) {
  call.kind = "pull";
  const auto& body = call.request.body;
  if (local_name(body) != "Pull") {
    return make_fault(FaultCode::invalid_body, "The body holds no Pull.");
  }
  const auto id = trimmed_text(child_named(body, "EnumerationContext"));
  auto elements = read_elements(body, call.machine.limits());
  auto characters = read_characters(body);
  for (auto* wanted : {&elements, &characters}) {
    if (auto* fault = std::get_if<Fault>(wanted)) {
      return std::move(*fault);
    }
  }
  if (auto* subscription = call.subscriptions.by_context(id)) {
    return pull_events(call, *subscription, std::get<std::size_t>(elements));
  }
  auto* enumeration = call.contexts.find(id, call.now, expiry(call));
  if (enumeration == nullptr) {
    return unknown_context();
  }
  auto& out = call.out;
  out.append("<n:PullResponse xmlns:n=\"").append(names::kEnumeration).append("\">");
  const auto context_at = out.size();
  out += "<n:Items>";
  if (auto fault = append_items(call, *enumeration, std::get<std::size_t>(elements),
                                std::get<std::size_t>(characters))) {
    return fault;
  }
  out += "</n:Items>";
  if (enumeration->done()) {
    out += "<n:EndOfSequence/>";
    call.contexts.remove(id);
  } else {
    std::string context;
    append_context(context, id);
    out.insert(context_at, context);
  }
  out += "</n:PullResponse>";
  return std::nullopt;
}

std::optional<Fault> release(Call& call) {
  call.kind = "release";
  if (local_name(call.request.body) != "Release") {
    return make_fault(FaultCode::invalid_body, "The body holds no Release.");
  }
  const auto id = trimmed_text(child_named(call.request.body, "EnumerationContext"));
  if (call.contexts.find(id, call.now, expiry(call)) == nullptr) {
    return unknown_context();
  }
  call.contexts.remove(id);
  return std::nullopt;
}

} // namespace migstorm::lab::wsman

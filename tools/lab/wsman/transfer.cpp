// Identify, Get, Put and Invoke: operations on one object.
#include "tools/lab/cim/text.hpp"
#include "tools/lab/wsman/arguments.hpp"
#include "tools/lab/wsman/names.hpp"
#include "tools/lab/wsman/operations.hpp"

#include <algorithm>

namespace migstorm::lab::wsman {

namespace {

// The class that the request is about, and how to write it.
struct Target {
  Resource resource;
  const cim::ClassDef* definition = nullptr;
};

OrFault<Target> target_of(const Request& request, cim::Machine& machine) {
  auto resource = parse_resource(request.resource_uri, request.selector(names::kNamespaceSelector));
  if (!resource || resource->class_name == "*") {
    return make_fault(FaultCode::invalid_resource_uri, "The resource URI is missing or names no class: " +
                                                           std::string(request.resource_uri.substr(0, 256)));
  }
  auto definition = find_class(machine, *resource);
  if (auto* fault = std::get_if<Fault>(&definition)) {
    return std::move(*fault);
  }
  return Target{*std::move(resource), std::get<0>(definition)};
}

Fault too_large() {
  return make_fault(FaultCode::response_too_large, "The response does not fit the largest envelope allowed.");
}

std::optional<Fault> append_found(Call& call, const Target& target) {
  auto found = find_instance(call.machine, *target.definition, call.request.selectors);
  if (auto* fault = std::get_if<Fault>(&found)) {
    return std::move(*fault);
  }
  append_instance(call.out, *std::get<cim::InstancePtr>(found), {target.resource.prefix, false, nullptr, {}});
  return call.fits() ? std::nullopt : std::optional(too_large());
}

const cim::MethodDef* find_method(const cim::ClassDef& definition, std::string_view name) {
  const auto it = std::find_if(definition.methods.begin(), definition.methods.end(),
                               [&](const cim::MethodDef& method) { return cim::iequals(method.name, name); });
  return it == definition.methods.end() ? nullptr : &*it;
}

const cim::ParameterDef* find_parameter(const cim::MethodDef& method, std::string_view name) {
  const auto it =
      std::find_if(method.parameters.begin(), method.parameters.end(),
                   [&](const cim::ParameterDef& parameter) { return cim::iequals(parameter.name, name); });
  return it == method.parameters.end() ? nullptr : &*it;
}

void append_output(Call& call, const cim::MethodDef& method, const cim::MethodResult& result) {
  auto& out = call.out;
  out.append("<p:").append(method.name).append("_OUTPUT xmlns:p=\"");
  cim::append_xml_escaped(out, call.request.resource_uri);
  out.append("\" xmlns:xsi=\"").append(names::kXsi).append("\" xmlns:cim=\"").append(names::kCim);
  out.append("\" xsi:type=\"p:").append(method.name).append("_OUTPUT\">");
  for (const auto& [name, value] : result.out) {
    const auto* parameter = find_parameter(method, name);
    append_value(out, "p", parameter != nullptr ? parameter->name : name,
                 parameter != nullptr ? parameter->type : cim::Type::string, value);
  }
  if (!result.is_void) {
    append_value(out, "p", "ReturnValue", cim::Type::uint32, cim::Scalar(std::uint64_t{result.return_value}));
  }
  out.append("</p:").append(method.name).append("_OUTPUT>");
}

// The object that the method is called on; a static method's is its class.
OrFault<cim::ObjectPath> object_of(const Call& call, const Target& target, const cim::MethodDef& method) {
  if (method.is_static) {
    return cim::ObjectPath{call.machine.computer_name(), target.definition->ns, target.definition->name, {}};
  }
  auto found = find_instance(call.machine, *target.definition, call.request.selectors);
  if (auto* fault = std::get_if<Fault>(&found)) {
    return std::move(*fault);
  }
  return path_of(*std::get<cim::InstancePtr>(found), call.machine.computer_name());
}

std::optional<Fault> call_method(Call& call, const Target& target, const cim::MethodDef& method) {
  auto arguments = read_arguments(call.request.body, method, call.machine, target.definition->ns);
  if (auto* fault = std::get_if<Fault>(&arguments)) {
    return std::move(*fault);
  }
  auto object = object_of(call, target, method);
  if (auto* fault = std::get_if<Fault>(&object)) {
    return std::move(*fault);
  }
  const auto result =
      call.machine.invoke(std::get<cim::ObjectPath>(object), method, std::get<Arguments>(arguments));
  if (result.fault) {
    return provider_fault(*result.fault);
  }
  append_output(call, method, result);
  if (!call.fits()) {
    return make_fault(
        FaultCode::unreportable_success,
        "The operation was carried out, but its result does not fit the largest envelope allowed.");
  }
  return std::nullopt;
}

// libvirt, virt-who and others all name the body <Method>_INPUT, if not always in the right namespace.
bool is_input_of(const pugi::xml_node& body, const cim::MethodDef& method) {
  const auto name = local_name(body);
  return !body || cim::iequals(name, method.name + "_INPUT") || cim::iequals(name, method.name);
}

} // namespace

std::optional<Fault> identify(Call& call, bool authenticated) {
  call.kind = "identify";
  const auto& limits = call.machine.limits();
  call.out.append("<wsmid:IdentifyResponse xmlns:wsmid=\"").append(names::kIdentity);
  call.out.append("\"><wsmid:ProtocolVersion>").append(names::kWsman).append("</wsmid:ProtocolVersion>");
  call.out += "<wsmid:ProductVendor>Microsoft Corporation</wsmid:ProductVendor><wsmid:ProductVersion>OS: ";
  cim::append_xml_escaped(call.out, authenticated ? call.machine.os_version() : "0.0.0");
  call.out += " SP: ";
  cim::append_xml_escaped(call.out, authenticated ? limits.service_pack : "0.0");
  call.out += " Stack: ";
  cim::append_xml_escaped(call.out, limits.stack);
  call.out += "</wsmid:ProductVersion></wsmid:IdentifyResponse>";
  return std::nullopt;
}

std::optional<Fault> get(Call& call) {
  auto target = target_of(call.request, call.machine);
  if (auto* fault = std::get_if<Fault>(&target)) {
    return std::move(*fault);
  }
  call.kind = "get " + std::get<Target>(target).definition->name;
  return append_found(call, std::get<Target>(target));
}

std::optional<Fault> put(Call& call) {
  auto found = target_of(call.request, call.machine);
  if (auto* fault = std::get_if<Fault>(&found)) {
    return std::move(*fault);
  }
  const auto& target = std::get<Target>(found);
  call.kind = "put " + target.definition->name;
  auto changes = read_properties(call.request.body, *target.definition, call.machine);
  if (auto* fault = std::get_if<Fault>(&changes)) {
    return std::move(*fault);
  }
  auto instance = find_instance(call.machine, *target.definition, call.request.selectors);
  if (auto* fault = std::get_if<Fault>(&instance)) {
    return std::move(*fault);
  }
  const auto path = path_of(*std::get<cim::InstancePtr>(instance), call.machine.computer_name());
  if (const auto refused = call.machine.put(path, std::get<Arguments>(changes))) {
    return provider_fault(*refused);
  }
  return append_found(call, target);
}

std::optional<Fault> invoke(Call& call) {
  const auto& action = call.request.action;
  const auto slash = action.rfind('/');
  if (!cim::iequals(action.substr(0, slash), call.request.resource_uri)) {
    return make_fault(
        cim::istarts_with(action, names::kWmiPrefix) || cim::istarts_with(action, names::kGenericPrefix)
            ? FaultCode::action_mismatch
            : FaultCode::action_not_supported,
        "The action does not belong to the resource URI: " + std::string(action.substr(0, 256)));
  }
  auto found = target_of(call.request, call.machine);
  if (auto* fault = std::get_if<Fault>(&found)) {
    return std::move(*fault);
  }
  const auto& target = std::get<Target>(found);
  const auto* method = find_method(*target.definition, action.substr(slash + 1));
  if (method == nullptr) {
    return make_fault(FaultCode::invalid_action_uri, target.definition->name + " has no method " +
                                                         std::string(action.substr(slash + 1, 256)) + ".");
  }
  call.kind = "invoke " + method->name;
  if (!is_input_of(call.request.body, *method)) {
    return make_fault(FaultCode::invalid_body, "The body holds no " + method->name + "_INPUT.");
  }
  return call_method(call, target, *method);
}

} // namespace migstorm::lab::wsman

#include "tools/lab/wsman/event_xml.hpp"

#include "tools/lab/cim/text.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <iterator>

namespace migstorm::lab::wsman {

namespace {

void append_text(std::string& out, std::string_view open, std::string_view text, std::string_view close) {
  out += open;
  cim::append_xml_escaped(out, text);
  out += close;
}

void append_provider(std::string& out, const cim::LoggedEvent& event) {
  append_text(out, "<Provider Name=\"", event.provider, "\"");
  if (!event.provider_guid.empty()) {
    append_text(out, " Guid=\"", event.provider_guid, "\"");
  }
  if (event.source != event.provider) {
    append_text(out, " EventSourceName=\"", event.source, "\"");
  }
  out += "/>";
}

void append_system(std::string& out, const cim::LoggedEvent& event, std::string_view channel,
                   std::string_view computer) {
  out += "<System>";
  append_provider(out, event);
  const auto second = std::chrono::floor<std::chrono::seconds>(event.at);
  const auto ticks = (event.at - second).count() / 100;
  fmt::format_to(std::back_inserter(out),
                 "<EventID>{}</EventID><Version>{}</Version><Level>{}</Level><Task>0</Task>"
                 "<Opcode>0</Opcode><Keywords>0x8000000000000000</Keywords>"
                 "<TimeCreated SystemTime=\"{:%Y-%m-%dT%H:%M:%S}.{:07}Z\"/>"
                 "<EventRecordID>{}</EventRecordID><Correlation/><Execution ProcessID=\"4\" ThreadID=\"8\"/>",
                 event.id, event.version, event.level, second, ticks, event.record);
  append_text(out, "<Channel>", channel, "</Channel>");
  append_text(out, "<Computer>", computer, "</Computer><Security UserID=\"S-1-5-18\"/></System>");
}

void append_fields(std::string& out, const cim::LoggedEvent& event) {
  out += event.user_data ? "<UserData><VmlEventLog "
                           "xmlns=\"http://www.microsoft.com/Windows/Virtualization/Events\">"
                         : "<EventData>";
  for (std::size_t i = 0; i < event.strings.size(); ++i) {
    const std::string_view name = i < event.fields.size() ? event.fields[i] : std::string_view();
    if (event.user_data) {
      append_text(out, fmt::format("<{}>", name), event.strings[i], fmt::format("</{}>", name));
    } else {
      append_text(out, name.empty() ? std::string("<Data>") : fmt::format("<Data Name=\"{}\">", name),
                  event.strings[i], "</Data>");
    }
  }
  out += event.user_data ? "</VmlEventLog></UserData>" : "</EventData>";
}

} // namespace

void append_event(std::string& out, const cim::LoggedEvent& event, std::string_view channel,
                  std::string_view computer, bool rendered) {
  out += "<Event xmlns=\"http://schemas.microsoft.com/win/2004/08/events/event\">";
  append_system(out, event, channel, computer);
  append_fields(out, event);
  if (rendered) {
    append_text(out, "<RenderingInfo Culture=\"en-US\"><Message>", event.message,
                "</Message></RenderingInfo>");
  }
  out += "</Event>";
}

} // namespace migstorm::lab::wsman

#include "probes/winlog/event_fields.h"

#include "probes/events/event_time.h"
#include "probes/winlog/known_events.h"

#include <algorithm>
#include <charconv>

namespace cal::winlog {

namespace {

template <class T>
std::optional<T> number_of(std::string_view text) {
  T number{};
  const auto* end = text.data() + text.size();
  const auto [stopped, error] = std::from_chars(text.data(), end, number);
  return error == std::errc{} && stopped == end ? std::optional(number) : std::nullopt;
}

}  // namespace

void EventFields::open(std::string_view name) {
  if (!path_.empty()) path_.back().is_leaf = false;
  path_.push_back({std::string(name)});
}

void EventFields::attribute(std::string_view name, const std::string& value) {
  auto& element = path_.back();
  if (is_in("System")) {
    if (element.name == "Provider" && name == "Name") event_.provider = bounded_text(value);
    if (element.name == "TimeCreated" && name == "SystemTime") time_ = parse_event_time(value);
    if (element.name == "Security" && name == "UserID") event_.user = bounded_text(value);
  } else if (element.name == "Data" && name == "Name") {
    element.data_name = bounded_text(value);
  }
}

void EventFields::text(const std::string& value) {
  auto& text = path_.back().text;
  if (text.size() + value.size() <= longest_text) text += value;
}

void EventFields::next_item() {
  auto& element = path_.back();
  end_of_leaf(element);
  element.text.clear();
}

void EventFields::close() {
  if (path_.back().is_leaf) end_of_leaf(path_.back());
  const bool is_system = path_.size() == 2 && path_.back().name == "System";
  path_.pop_back();
  if (is_system) is_unwanted_ = !passes_filter();
}

bool EventFields::passes_filter() const {
  const auto& [providers, ids] = filter_;
  const bool is_of_provider =
      providers.empty() || std::ranges::any_of(providers, [&](std::string_view wanted) {
        return is_same_provider(wanted, event_.provider);
      });
  return is_of_provider && (ids.empty() || !id_ || std::ranges::find(ids, *id_) != ids.end());
}

void EventFields::end_of_leaf(const Element& element) {
  if (is_in("System")) {
    end_of_system_leaf(element);
  } else if (is_in("RenderingInfo")) {
    if (element.name == "Message") event_.message = bounded_text(element.text);
  } else if ((is_in("EventData") || is_in("UserData")) && path_.size() > 2 &&
             element.name != "Binary" && event_.data.size() < max_data) {
    event_.data.push_back({element.name == "Data" ? element.data_name : bounded_text(element.name),
                           bounded_text(element.text)});
  }
}

void EventFields::end_of_system_leaf(const Element& element) {
  if (element.name == "EventID") id_ = number_of<std::uint32_t>(element.text);
  if (element.name == "EventRecordID") record_id_ = number_of<std::uint64_t>(element.text);
  if (element.name == "Channel") event_.channel = bounded_text(element.text);
  if (element.name == "Computer") event_.computer = bounded_text(element.text);
}

std::optional<Event> EventFields::take() {
  if (!id_ || !record_id_ || !time_ || event_.provider.empty()) return std::nullopt;
  event_.id = *id_;
  event_.record_id = *record_id_;
  event_.time = *time_;
  event_.data_in_order = true;
  return std::move(event_);
}

}  // namespace cal::winlog

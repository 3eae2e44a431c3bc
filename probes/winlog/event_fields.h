// Makes an Event of the elements of a record (MS-EVEN6 2.2.13, the event schema): System,
// EventData, UserData and RenderingInfo.
#pragma once

#include "probes/events/event.h"
#include "probes/evtx/binary_xml.h"
#include "probes/winlog/event_filter.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cal::winlog {

class EventFields final : public evtx::Visitor {
 public:
  explicit EventFields(const EventFilter& filter) : filter_(filter) {}

  void open(std::string_view name) override;
  void attribute(std::string_view name, const std::string& value) override;
  void text(const std::string& value) override;
  void next_item() override;
  void close() override;
  bool has_enough() const override { return is_unwanted_; }

  bool is_unwanted() const { return is_unwanted_; }
  const std::string& channel() const { return event_.channel; }

  // Empty when something is missing that every event has: id, record id, time, provider. One that
  // is unwanted has no data.
  std::optional<Event> take();

 private:
  struct Element {
    std::string name;
    std::string data_name = {};  // of a Data element
    std::string text = {};
    bool is_leaf = true;
  };

  bool is_in(std::string_view section) const {
    return path_.size() > 1 && path_[1].name == section;
  }
  void end_of_leaf(const Element& element);
  void end_of_system_leaf(const Element& element);

  bool passes_filter() const;

  EventFilter filter_;
  std::vector<Element> path_;
  Event event_;
  std::optional<std::uint32_t> id_;
  std::optional<std::uint64_t> record_id_;
  std::optional<SystemTime> time_;
  bool is_unwanted_ = false;
};

}  // namespace cal::winlog

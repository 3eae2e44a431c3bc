#include "probes/events/event_xml.h"

#include <expat.h>
#include <fmt/format.h>

#include <algorithm>
#include <exception>
#include <memory>
#include <new>
#include <string>

namespace cal::winlog {

namespace {

constexpr int max_depth = 16;

struct FreeParser {
  void operator()(XML_Parser parser) const { XML_ParserFree(parser); }
};

enum class Section { event_data, user_data };

class DataReader {
 public:
  explicit DataReader(Section section) : section_(section), parser_(XML_ParserCreate("UTF-8")) {
    if (!parser_) throw std::bad_alloc();
    XML_SetUserData(parser_.get(), this);
    XML_SetElementHandler(parser_.get(), on_open, on_close);
    XML_SetCharacterDataHandler(parser_.get(), on_text);
  }

  std::vector<EventDatum> read(std::string_view xml) {
    // Several elements are not a document without a root; and inside of one, a DTD is an error.
    parse(fmt::format("<root>{}</root>", without_controls(xml)));
    if (failure_) std::rethrow_exception(failure_);
    return std::move(data_);
  }

 private:
  // XML has no place for them, and one would end the reading.
  static std::string without_controls(std::string_view xml) {
    std::string text(xml);
    std::ranges::replace_if(
        text, [](char c) { return c >= 0 && c < ' ' && c != '\t' && c != '\n' && c != '\r'; }, '?');
    return text;
  }

  // At an error, what was read so far stays.
  void parse(std::string_view text) {
    XML_Parse(parser_.get(), text.data(), static_cast<int>(text.size()), XML_TRUE);
  }

  // Expat is C: no exception may pass through it.
  template <class Step>
  static void guarded(void* user_data, const Step& step) {
    auto& reader = *static_cast<DataReader*>(user_data);
    try {
      step(reader);
    } catch (...) {
      reader.failure_ = std::current_exception();
      XML_StopParser(reader.parser_.get(), XML_FALSE);
    }
  }

  static void on_open(void* user_data, const char* name, const char** attributes) {
    guarded(user_data, [&](DataReader& reader) { reader.open(name, attributes); });
  }
  static void on_text(void* user_data, const char* text, int size) {
    guarded(user_data, [&](DataReader& reader) {
      reader.add({text, static_cast<std::size_t>(size)});
    });
  }
  static void on_close(void* user_data, const char* /*name*/) {
    guarded(user_data, [](DataReader& reader) { reader.close(); });
  }

  void open(std::string_view name, const char** attributes) {
    if (++depth_ > max_depth || data_.size() == max_data) {
      XML_StopParser(parser_.get(), XML_FALSE);
      return;
    }
    if (!begins_datum(name)) return;
    data_depth_ = depth_;
    datum_ = {};
    if (section_ == Section::user_data) {
      datum_.name = bounded_text(name);
      return;
    }
    for (; *attributes != nullptr; attributes += 2) {
      if (std::string_view(attributes[0]) == "Name") datum_.name = bounded_text(attributes[1]);
    }
  }

  // In UserData an element that holds others turns out not to be a datum.
  bool begins_datum(std::string_view name) const {
    constexpr int below_outer = 3;  // the root, the outer element, a datum
    return section_ == Section::event_data ? data_depth_ == 0 && name == "Data"
                                           : depth_ >= below_outer;
  }

  void add(std::string_view text) {
    constexpr auto enough = longest_text + 4;  // shows that it is longer, and by which character
    if (data_depth_ != 0) datum_.value += text.substr(0, enough - datum_.value.size());
  }

  void close() {
    if (depth_-- != data_depth_) return;
    data_depth_ = 0;
    datum_.value = bounded_text(datum_.value);
    data_.push_back(std::move(datum_));
  }

  Section section_;
  std::unique_ptr<XML_ParserStruct, FreeParser> parser_;
  int depth_ = 0;
  int data_depth_ = 0;  // of the Data element that is open; 0: none
  EventDatum datum_;
  std::vector<EventDatum> data_;
  std::exception_ptr failure_;
};

}  // namespace

std::vector<EventDatum> data_of_xml(std::string_view xml) {
  return DataReader(Section::event_data).read(xml);
}

std::vector<EventDatum> user_data_of_xml(std::string_view xml) {
  return DataReader(Section::user_data).read(xml);
}

}  // namespace cal::winlog

#include "probes/inventory/json.h"

#include <fmt/format.h>
#include <rapidjson/error/en.h>
#include <rapidjson/reader.h>

namespace cal::inventory {

namespace {

constexpr std::size_t max_depth = 32;

// RapidJSON's in-place stream, with an end that needs no NUL and with line numbers.
class InPlaceStream {
 public:
  using Ch = char;

  explicit InPlaceStream(WipedText& text)
      : begin_(text.data()), end_(begin_ + text.size()), read_(begin_) {}

  Ch Peek() const { return read_ == end_ ? '\0' : *read_; }
  Ch Take() {
    if (read_ == end_) return '\0';
    if (*read_ == '\n') ++line_;
    return *read_++;
  }
  std::size_t Tell() const { return static_cast<std::size_t>(read_ - begin_); }

  Ch* PutBegin() { return written_ = read_; }
  void Put(Ch c) { *written_++ = c; }
  void Flush() {}
  std::size_t PutEnd(const Ch* begin) const { return static_cast<std::size_t>(written_ - begin); }

  std::size_t line() const { return line_; }
  // The octets just read.
  std::string_view last(std::size_t count) const { return {read_ - count, count}; }

 private:
  Ch* begin_;
  Ch* end_;
  Ch* read_;
  Ch* written_ = nullptr;
  std::size_t line_ = 1;
};

// Takes RapidJSON's events; a false answer ends the parse, with what is wrong in `fault`.
class TableBuilder : public rapidjson::BaseReaderHandler<rapidjson::UTF8<>, TableBuilder> {
 public:
  TableBuilder(const InPlaceStream& stream, Table& table) : stream_(stream), table_(table) {}

  std::string fault;

  bool StartObject() {
    if (!enter(within_object())) return false;
    if (places_.back() == Place::root) root_ = Row(stream_.line());
    if (places_.back() == Place::row) {
      if (table_.rows.size() == max_rows) return refuse("more than 100,000 rows");
      table_.rows.emplace_back(stream_.line());
    }
    return true;
  }

  bool EndObject(rapidjson::SizeType) {
    const auto ended = places_.back();
    places_.pop_back();
    if (ended != Place::root) return true;
    if (has_list_) {
      table_.envelope = std::move(root_);
    } else {
      table_.rows.push_back(std::move(root_));
    }
    return true;
  }

  bool StartArray() {
    const bool is_list =
        places_.empty() || (places_.back() == Place::root && same_name(key_, "value"));
    has_list_ = has_list_ || is_list;
    return enter(is_list ? Place::list : Place::ignored);
  }

  bool EndArray(rapidjson::SizeType) {
    places_.pop_back();
    return true;
  }

  bool Key(const char* text, rapidjson::SizeType size, bool) {
    const std::string_view key(text, size);
    switch (places_.back()) {
      case Place::root:
      case Place::row:
        key_ = key;
        break;
      case Place::wrapped:
        is_wrapped_value_ = same_name(key, "value");
        break;
      case Place::list:
      case Place::ignored:
        break;
    }
    return true;
  }

  bool String(const char* text, rapidjson::SizeType size, bool) { return value({text, size}); }
  bool RawNumber(const char*, rapidjson::SizeType size, bool) { return value(stream_.last(size)); }
  bool Bool(bool truth) { return value(truth ? "true" : "false"); }
  bool Null() { return value({}); }

 private:
  // The role of an opened object or list. `wrapped`: an object in place of a plain value.
  enum class Place { root, list, row, wrapped, ignored };

  Place within_object() const {
    if (places_.empty()) return Place::root;
    switch (places_.back()) {
      case Place::list:
        return Place::row;
      case Place::root:
      case Place::row:
        return Place::wrapped;
      case Place::wrapped:
      case Place::ignored:
        break;
    }
    return Place::ignored;
  }

  bool enter(Place place) {
    if (places_.size() == max_depth) return refuse("nested too deeply");
    places_.push_back(place);
    is_wrapped_value_ = false;
    return true;
  }

  bool value(std::string_view text) {
    if (places_.empty()) return refuse("a single value, not a list of objects");
    switch (places_.back()) {
      case Place::list:
        return refuse("the list contains something that is not an object");
      case Place::root:
        root_.add({key_, text});
        break;
      case Place::row:
        table_.rows.back().add({key_, text});
        break;
      case Place::wrapped:
        if (!is_wrapped_value_) return true;
        (places_[places_.size() - 2] == Place::root ? root_ : table_.rows.back()).add({key_, text});
        break;
      case Place::ignored:
        return true;
    }
    return ++cells_ <= max_cells || refuse("more than 1,000,000 values");
  }

  bool refuse(std::string_view what) {
    fault = what;
    return false;
  }

  const InPlaceStream& stream_;
  Table& table_;
  std::vector<Place> places_;
  Row root_{1};
  std::string_view key_;  // of the root or the row
  bool is_wrapped_value_ = false;
  bool has_list_ = false;
  std::size_t cells_ = 0;
};

}  // namespace

tl::expected<Table, TextFault> parse_json(WipedText text) {
  constexpr unsigned flags = rapidjson::kParseInsituFlag | rapidjson::kParseNumbersAsStringsFlag;
  Table table(std::move(text));
  InPlaceStream stream(table.text);
  TableBuilder builder(stream, table);
  rapidjson::Reader reader;
  const auto result = reader.Parse<flags>(stream, builder);
  if (!result.IsError()) return table;
  auto what = builder.fault.empty()
                  ? fmt::format("not valid JSON: {}", rapidjson::GetParseError_En(result.Code()))
                  : builder.fault;
  return tl::unexpected(TextFault{stream.line(), std::move(what)});
}

}  // namespace cal::inventory

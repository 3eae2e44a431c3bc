#include "probes/evtx/binary_xml.h"

#include "probes/evtx/value.h"

#include <cstdint>
#include <vector>

namespace cal::evtx {

namespace {

enum Token : std::uint8_t {
  end_of_stream = 0x00,
  open_start_element = 0x01,
  close_start_element = 0x02,
  close_empty_element = 0x03,
  end_element = 0x04,
  value = 0x05,
  attribute = 0x06,
  cdata_section = 0x07,
  char_ref = 0x08,
  entity_ref = 0x09,
  pi_target = 0x0a,
  pi_data = 0x0b,
  template_instance = 0x0c,
  normal_substitution = 0x0d,
  optional_substitution = 0x0e,
  fragment_header = 0x0f,
};
constexpr std::uint8_t more_flag = 0x40;  // an element has attributes; more of the same follows

// A value of a template's instance, as the record has it.
struct Substitution {
  std::uint8_t type;
  std::size_t begin;  // in the chunk
  std::size_t size;
};
using Substitutions = std::vector<Substitution>;

class Decoder {
 public:
  Decoder(Bytes chunk, Visitor& visitor) : chunk_(chunk), visitor_(visitor) {}

  // Everything up to `end` or an end-of-stream token. `values` fill the substitutions of a
  // template; null outside one.
  void fragment(std::size_t begin, std::size_t end, const Substitutions* values) {
    const Nesting nesting(*this);
    Cursor cursor(chunk_.first(end), begin);
    while (!cursor.at_end() && !visitor_.has_enough()) {
      if (!node(cursor, values)) return;
    }
  }

 private:
  // Counts how deep elements, templates and nested values are.
  class Nesting {
   public:
    explicit Nesting(Decoder& decoder) : decoder_(decoder) {
      if (++decoder_.depth_ > max_nesting) throw Damaged("the record is nested too deep");
    }
    Nesting(const Nesting&) = delete;
    Nesting& operator=(const Nesting&) = delete;
    ~Nesting() { --decoder_.depth_; }

   private:
    Decoder& decoder_;
  };

  void step() {
    if (++steps_ > max_steps) throw Damaged("the record expands to too much");
  }

  // One node at the top of a fragment or inside an element. False at the end of the fragment.
  bool node(Cursor& cursor, const Substitutions* values) {
    step();
    switch (const auto token = cursor.peek(); token & ~more_flag) {
      case end_of_stream:
        return false;
      case fragment_header:
        cursor.skip(4);
        return true;
      case open_start_element:
        element(cursor, values);
        return true;
      case template_instance:
        instance(cursor);
        return true;
      case pi_target:
        cursor.skip(1);
        name(cursor);
        return true;
      case pi_data:
        cursor.skip(1);
        cursor.skip(std::size_t{2} * cursor.number<std::uint16_t>());
        return true;
      default:
        content(cursor, values);
        return true;
    }
  }

  void element(Cursor& cursor, const Substitutions* values) {
    const Nesting nesting(*this);
    const bool has_attributes = (cursor.number<std::uint8_t>() & more_flag) != 0;
    skip_element_head(cursor);
    visitor_.open(name(cursor));
    ++open_elements_;
    if (has_attributes) attributes(cursor, values);
    const auto end_of_head = cursor.number<std::uint8_t>();
    if (end_of_head == close_start_element) {
      while ((cursor.peek() & ~more_flag) != end_element) {
        if (!node(cursor, values)) throw Damaged("an element does not end");
        if (visitor_.has_enough()) return;
      }
      cursor.skip(1);
    } else if (end_of_head != close_empty_element) {
      throw Damaged("the head of an element does not end");
    }
    visitor_.close();
    --open_elements_;
  }

  // A dependency identifier, which some writers leave out inside values, and the size of the data:
  // the size fits into the rest only where it was read from the right place.
  void skip_element_head(Cursor& cursor) const {
    Cursor with_identifier = cursor;
    with_identifier.skip(2);
    const auto size = with_identifier.number<std::uint32_t>();
    if (size <= with_identifier.left()) {
      cursor = with_identifier;
      return;
    }
    if (cursor.number<std::uint32_t>() > cursor.left()) {
      throw Damaged("an element is longer than its record");
    }
  }

  void attributes(Cursor& cursor, const Substitutions* values) {
    cursor.skip(4);  // their size
    while ((cursor.peek() & ~more_flag) == attribute) {
      step();
      cursor.skip(1);
      const auto attribute_name = name(cursor);
      std::string text;
      bool is_there = false;
      while (is_content(cursor.peek())) {
        step();
        for (const auto& part : texts(cursor, values)) {
          if (text.size() + part.size() <= max_value_text) text += part;
          is_there = true;
        }
      }
      // An optional substitution without a value takes its attribute along.
      if (is_there) visitor_.attribute(attribute_name, text);
    }
  }

  static bool is_content(std::uint8_t token) {
    switch (token & ~more_flag) {
      case value:
      case char_ref:
      case entity_ref:
      case normal_substitution:
      case optional_substitution:
        return true;
      default:
        return false;
    }
  }

  // Text of an element; a nested fragment gives elements instead.
  void content(Cursor& cursor, const Substitutions* values) {
    if (values != nullptr) {
      if (const auto* nested = nested_fragment(cursor, *values)) {
        cursor.skip(4);
        fragment(nested->begin, nested->begin + nested->size, nullptr);
        return;
      }
    }
    bool is_first = true;
    for (const auto& part : texts(cursor, values)) {
      if (open_elements_ == 0) throw Damaged("text outside of an element");
      step();
      if (!is_first) visitor_.next_item();
      is_first = false;
      visitor_.text(part);
    }
  }

  // The value of a substitution that is binary XML itself.
  const Substitution* nested_fragment(Cursor cursor, const Substitutions& values) const {
    const auto token = cursor.number<std::uint8_t>() & ~more_flag;
    if (token != normal_substitution && token != optional_substitution) return nullptr;
    const auto index = cursor.number<std::uint16_t>();
    const bool is_nested = index < values.size() && values[index].type == value_type::binary_xml;
    return is_nested ? &values[index] : nullptr;
  }

  // The items of one content token: one text, those of an array, or none for an absent value.
  std::vector<std::string> texts(Cursor& cursor, const Substitutions* values) {
    switch (const auto token = cursor.number<std::uint8_t>() & ~more_flag; token) {
      case value:
        return {inline_value(cursor)};
      case cdata_section:
        return {text_of_utf16(cursor.take(std::size_t{2} * cursor.number<std::uint16_t>()))};
      case char_ref:
        return {text_of_utf16(cursor.take(2))};
      case entity_ref:
        return {entity(name(cursor))};
      case normal_substitution:
      case optional_substitution:
        return substitution(cursor, values, token == optional_substitution);
      default:
        throw Damaged("an unknown token");
    }
  }

  static std::string inline_value(Cursor& cursor) {
    const auto type = cursor.number<std::uint8_t>();
    if (const auto size = fixed_size(type)) return text_of_value(type, cursor.take(size));
    const std::size_t length = cursor.number<std::uint16_t>();
    const auto width = type == value_type::string ? std::size_t{2} : std::size_t{1};
    return text_of_value(type, cursor.take(length * width));
  }

  std::vector<std::string> substitution(Cursor& cursor, const Substitutions* values,
                                        bool is_optional) const {
    const auto index = cursor.number<std::uint16_t>();
    cursor.skip(1);  // the type that the template expects; the value has its own
    if (values == nullptr || index >= values->size()) {
      throw Damaged("a substitution has no value");
    }
    const auto& [type, begin, size] = (*values)[index];
    if (type == value_type::null || (size == 0 && is_optional)) return {};
    return texts_of_value(type, chunk_.subspan(begin, size));
  }

  static std::string entity(std::string_view name) {
    if (name == "lt") return "<";
    if (name == "gt") return ">";
    if (name == "amp") return "&";
    if (name == "quot") return "\"";
    if (name == "apos") return "'";
    return "";
  }

  // A name is written where it is used first and referred to by its offset from then on.
  std::string name(Cursor& cursor) const {
    const std::size_t offset = cursor.number<std::uint32_t>();
    if (offset == cursor.at()) {
      cursor.skip(6);  // the next name's offset, and a hash
      auto text = text_of_utf16(cursor.take(std::size_t{2} * cursor.number<std::uint16_t>()));
      cursor.skip(2);
      return text;
    }
    Cursor there(chunk_, offset);
    there.skip(6);
    return text_of_utf16(there.take(std::size_t{2} * there.number<std::uint16_t>()));
  }

  void instance(Cursor& cursor) {
    cursor.skip(1 + 1 + 4);  // the token, an unknown byte, the template's identifier
    const std::size_t offset = cursor.number<std::uint32_t>();
    constexpr std::size_t head = 4 + 16;  // the next template's offset, and a GUID
    Cursor definition(chunk_, offset);
    definition.skip(head);
    const std::size_t size = definition.number<std::uint32_t>();
    const auto begin = definition.at();
    definition.skip(size);
    if (offset == cursor.at()) cursor.skip(head + 4 + size);  // it is written here

    const auto count = cursor.number<std::uint32_t>();
    if (count > cursor.left() / 4) throw Damaged("a template has more values than its record");
    Substitutions values;
    values.reserve(count);
    for (std::uint32_t i = 0; i < count; ++i) {
      step();
      const std::size_t bytes = cursor.number<std::uint16_t>();
      const auto type = cursor.number<std::uint8_t>();
      cursor.skip(1);
      values.push_back({type, 0, bytes});
    }
    for (auto& each : values) {
      each.begin = cursor.at();
      cursor.skip(each.size);
    }
    fragment(begin, begin + size, &values);
  }

  Bytes chunk_;
  Visitor& visitor_;
  std::size_t depth_ = 0;
  std::size_t steps_ = 0;
  std::size_t open_elements_ = 0;
};

}  // namespace

void decode_binary_xml(Bytes chunk, std::size_t begin, std::size_t end, Visitor& visitor) {
  if (begin > end || end > chunk.size()) throw Damaged("a record lies outside its chunk");
  Decoder(chunk, visitor).fragment(begin, end, nullptr);
}

}  // namespace cal::evtx

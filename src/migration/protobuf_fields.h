#pragma once
// The one message that libpg_query has only as Protocol Buffers, its scanner's, read by hand: varints and nested
// messages are all that it holds. https://protobuf.dev/programming-guides/encoding/
#include <cstdint>
#include <optional>
#include <string_view>

namespace innkeeper::migration {

struct protobuf_field {
  int number = 0;
  std::uint64_t value = 0;   // of a varint
  std::string_view bytes{};  // of a nested message
};

class protobuf_reader {
 public:
  explicit protobuf_reader(std::string_view message) : rest_{message} {}

  // The next field; nothing at the end, or where the message is broken.
  [[nodiscard]] std::optional<protobuf_field> next() {
    if (rest_.empty()) return std::nullopt;
    const auto key = varint();
    if (!key) return std::nullopt;
    protobuf_field field{.number = static_cast<int>(*key >> 3U)};
    const auto value = varint();
    if (!value) return std::nullopt;
    switch (*key & 7U) {
      case 0:
        field.value = *value;
        return field;
      case 2:
        if (*value > rest_.size()) return std::nullopt;
        field.bytes = rest_.substr(0, *value);
        rest_.remove_prefix(*value);
        return field;
      default:
        return std::nullopt;
    }
  }

 private:
  std::optional<std::uint64_t> varint() {
    std::uint64_t value = 0;
    for (unsigned shift = 0; shift < 64 && !rest_.empty(); shift += 7) {
      const auto byte = static_cast<unsigned char>(rest_.front());
      rest_.remove_prefix(1);
      value |= static_cast<std::uint64_t>(byte & 0x7FU) << shift;
      if ((byte & 0x80U) == 0) return value;
    }
    return std::nullopt;
  }

  std::string_view rest_;
};

}  // namespace innkeeper::migration

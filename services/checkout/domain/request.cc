#include "services/checkout/domain/request.h"

#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <memory>
#include <stdexcept>
#include <utility>

namespace checkout {
namespace {

constexpr std::size_t longest_text = 2048;
constexpr std::size_t longest_key = 255;
constexpr std::int32_t most_of_one = 1'000'000;

class hasher {
 public:
  hasher() : context_{EVP_MD_CTX_new()} {
    if (!context_ || EVP_DigestInit_ex(context_.get(), EVP_sha256(), nullptr) != 1) fail();
  }

  void add(std::string_view text) {
    add_number(text.size());
    update(text.data(), text.size());
  }

  void add_number(std::uint64_t number) {
    std::array<unsigned char, 8> bytes{};
    for (auto& byte : bytes) {
      byte = static_cast<unsigned char>(number);
      number >>= 8U;
    }
    update(bytes.data(), bytes.size());
  }

  [[nodiscard]] digest result() {
    digest value{};
    if (EVP_DigestFinal_ex(context_.get(), value.data(), nullptr) != 1) fail();
    return value;
  }

 private:
  struct freer {
    void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
  };
  [[noreturn]] static void fail() { throw std::runtime_error{"SHA-256 is not to be had from OpenSSL"}; }
  void update(const void* bytes, std::size_t count) {
    if (EVP_DigestUpdate(context_.get(), bytes, count) != 1) fail();
  }

  std::unique_ptr<EVP_MD_CTX, freer> context_;
};

bool is_valid_key(std::string_view key) {
  return key.size() <= longest_key && std::all_of(key.begin(), key.end(), [](char c) { return c >= ' ' && c <= '~'; });
}

}  // namespace

std::optional<refusal> validate(const place_order_request& request) {
  const address none;
  const auto& to = request.shipping_address ? *request.shipping_address : none;
  const std::string_view card_number = request.card ? std::string_view{request.card->number} : std::string_view{};
  const std::array<std::pair<std::string_view, std::string_view>, 8> texts{{
      {"user_id", request.user_id},
      {"user_currency", request.currency},
      {"street_address", to.street},
      {"city", to.city},
      {"state", to.state},
      {"country", to.country},
      {"email", request.email},
      {"credit_card_number", card_number},
  }};
  for (const auto& [name, text] : texts) {
    if (!is_storable(text)) return field_is_invalid(name);
  }
  if (!is_valid_key(request.idempotency_key)) return field_is_invalid("idempotency-key");
  if (request.user_id.empty()) return user_is_required();
  if (!looks_like_currency(request.currency)) return currency_is_unsupported(request.currency);
  if (!request.shipping_address) return address_is_required();
  if (card_number.empty()) return card_is_required();
  return std::nullopt;
}

std::optional<refusal> validate(const cart& items) {
  if (items.empty()) return cart_is_empty();
  for (const auto& line : items) {
    if (line.product_id.empty() || !is_storable(line.product_id)) {
      return product_failed(is_storable(line.product_id) ? line.product_id : "", {code::not_found, ""});
    }
    if (line.quantity <= 0 || line.quantity > most_of_one) return quantity_is_invalid(line.product_id);
  }
  return std::nullopt;
}

digest hash_of(const place_order_request& request) {
  const address none;
  const auto& to = request.shipping_address ? *request.shipping_address : none;
  hasher hash;
  for (const auto* text :
       {&request.user_id, &request.currency, &to.street, &to.city, &to.state, &to.country, &request.email}) {
    hash.add(*text);
  }
  hash.add_number(static_cast<std::uint32_t>(to.zip));
  return hash.result();
}

digest hash_of(const cart& items) {
  hasher hash;
  for (const auto& line : items) {
    hash.add(line.product_id);
    hash.add_number(static_cast<std::uint32_t>(line.quantity));
  }
  return hash.result();
}

bool is_storable(std::string_view text) {
  return text.size() <= longest_text && text.find('\0') == std::string_view::npos;
}

std::string storable(std::string_view text) {
  std::size_t end = std::min(text.size(), longest_text);
  while (end < text.size() && end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80) --end;
  std::string kept{text.substr(0, end)};
  std::erase(kept, '\0');
  return kept;
}

}  // namespace checkout

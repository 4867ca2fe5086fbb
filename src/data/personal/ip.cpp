// Internet addresses that belong to somebody: those which IANA's registries of special-purpose
// addresses (RFC 6890) name as globally reachable.
#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <cstdint>

#include "data/personal/search.h"

namespace fulcrum::data {

namespace {

struct Network {
  std::uint32_t address;
  int bits;
};
constexpr Network kSpecial[] = {
    {0x00000000, 8},   // this network
    {0x0A000000, 8},   // private
    {0x64400000, 10},  // shared by carriers
    {0x7F000000, 8},   // loopback
    {0xA9FE0000, 16},  // link-local
    {0xAC100000, 12},  // private
    {0xC0000000, 24},  // protocol assignments
    {0xC0000200, 24},  // documentation
    {0xC0A80000, 16},  // private
    {0xC6120000, 15},  // benchmarks
    {0xC6336400, 24},  // documentation
    {0xCB007100, 24},  // documentation
    {0xE0000000, 3},   // multicast, reserved, broadcast
};

}  // namespace

bool is_public_ipv4(std::string_view text) {
  std::uint32_t address = 0, value = 0;
  int parts = 1, digits = 0;
  for (const char c : text) {
    if (c == '.') {
      if (digits == 0 || ++parts > 4) return false;
      address = address << 8 | value;
      value = 0;
      digits = 0;
      continue;
    }
    if (c < '0' || c > '9' || (digits == 1 && value == 0)) return false;  // 010: a version number
    value = value * 10 + static_cast<std::uint32_t>(c - '0');
    ++digits;
    if (value > 255) return false;
  }
  if (parts != 4 || digits == 0) return false;
  address = address << 8 | value;
  return std::none_of(std::begin(kSpecial), std::end(kSpecial), [&](const Network& network) {
    return (address ^ network.address) >> (32 - network.bits) == 0;
  });
}

bool is_public_ipv6(std::string_view text) {
  std::array<std::uint8_t, 16> address{};
  if (inet_pton(AF_INET6, std::string(text).c_str(), address.data()) != 1) return false;
  // Global unicast is 2000::/3; of it 2001:db8::/32 and 3fff::/20 are for documentation.
  const bool documentation =
      (address[0] == 0x20 && address[1] == 0x01 && address[2] == 0x0D && address[3] == 0xB8) ||
      (address[0] == 0x3F && address[1] == 0xFF && address[2] >> 4 == 0);
  return address[0] >> 5 == 1 && !documentation;
}

std::vector<Finding> find_ip(std::string_view text) {
  static const RE2 kFour(R"((\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}))");
  static const RE2 kSix(R"(([23][0-9A-Fa-f]{3}:[0-9A-Fa-f:]{2,34}))");
  auto findings = find_matches(text, kFour, is_public_ipv4);
  const auto six = find_matches(text, kSix, is_public_ipv6);
  if (six.empty()) return findings;
  findings.insert(findings.end(), six.begin(), six.end());
  std::sort(findings.begin(), findings.end(),
            [](const Finding& a, const Finding& b) { return a.begin < b.begin; });
  return findings;
}

}  // namespace fulcrum::data

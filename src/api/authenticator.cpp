#include "api/authenticator.h"

#include <openssl/crypto.h>

#include "base/hash.h"

namespace fulcrum::api {

namespace {

class OwnerAuthenticator final : public Authenticator {
 public:
  explicit OwnerAuthenticator(std::string hash) : hash_(std::move(hash)) {}

  std::optional<Identity> identify(std::string_view token) const override {
    const std::string hash = base::sha256_hex(token);
    // Constant time: how far two hashes agree must not show in the answer's delay.
    if (hash.size() == hash_.size() && CRYPTO_memcmp(hash.data(), hash_.data(), hash.size()) == 0)
      return owner_identity();
    return std::nullopt;
  }

 private:
  const std::string hash_;
};

}  // namespace

Identity owner_identity() { return {"member/owner", ledger::Role::kOwner}; }

std::unique_ptr<Authenticator> make_owner_authenticator(std::string token_sha256_hex) {
  return std::make_unique<OwnerAuthenticator>(std::move(token_sha256_hex));
}

std::unique_ptr<Authenticator> make_authenticator(control::Home& home) {
  return make_owner_authenticator(home.owner_token_hash());
}

}  // namespace fulcrum::api

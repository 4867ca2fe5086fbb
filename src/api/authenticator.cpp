#include "api/authenticator.h"

#include "base/hash.h"
#include "trust/identity.h"
#include "trust/pillar.h"

namespace fulcrum::api {

namespace {

class LedgerAuthenticator final : public Authenticator {
 public:
  LedgerAuthenticator(const control::Engine& engine, const base::Clock& clock)
      : engine_(engine), clock_(clock) {}

  std::optional<Identity> identify(std::string_view token) const override {
    const std::string hash = base::sha256_hex(token);
    std::optional<Identity> identity;
    engine_.with_pillar("trust", [&](const ledger::Pillar& pillar) {
      const auto known = trust::authenticate(trust::state_of(pillar), hash, clock_.now_us());
      if (known) identity = Identity{known->actor, known->role};
    });
    return identity;
  }

 private:
  const control::Engine& engine_;
  const base::Clock& clock_;
};

}  // namespace

Identity owner_identity() {
  return {std::string(control::kOwnerActor), ledger::Role::kOwner};
}

std::unique_ptr<Authenticator> make_authenticator(const control::Engine& engine,
                                                  const base::Clock& clock) {
  return std::make_unique<LedgerAuthenticator>(engine, clock);
}

}  // namespace fulcrum::api

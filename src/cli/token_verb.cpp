// fulcrum token create: makes a secret, tells the ledger its hash, and shows the secret once. The
// group's other subcommands are the pillar's own.
#include <CLI/CLI.hpp>
#include <memory>

#include "base/clock.h"
#include "base/hash.h"
#include "base/random.h"
#include "base/text.h"
#include "cli/backend.h"
#include "cli/verb.h"

namespace fulcrum::cli {

namespace {

constexpr std::int64_t kDayUs = 86'400'000'000;

struct Options {
  std::string actor;
  std::string role = "viewer";
  double days = 90;
};

int create(const Options& options, const Session& session) {
  auto backend = connect(session);
  if (!backend) return session.output.error(backend.error());
  std::string bytes(32, '\0');
  base::secure_random(bytes.data(), bytes.size());
  const std::string secret = base::to_hex(bytes);
  const std::int64_t expires_at_us =
      base::system_clock().now_us() +
      static_cast<std::int64_t>(options.days * static_cast<double>(kDayUs));
  auto reply = (*backend)->command("token.create",
                                   base::json::object{{"actor", options.actor},
                                                      {"role", options.role},
                                                      {"expires_at_us", expires_at_us},
                                                      {"token_sha256", base::sha256_hex(secret)}},
                                   "");
  if (!reply) return session.output.error(reply.error());
  session.output.value(base::json::object{{"token", secret},
                                          {"actor", options.actor},
                                          {"role", options.role},
                                          {"expires_at", base::iso_time(expires_at_us)}});
  session.output.say(base::text("token.once"));
  return 0;
}

}  // namespace

Action token_verb(CLI::App& app, const AlsoRegister& also) {
  app.require_subcommand(0, 1);
  auto options = std::make_shared<Options>();
  auto* sub = app.add_subcommand("create", base::text("token.create"));
  sub->add_option("--actor", options->actor, base::text("token.actor"))->required();
  sub->add_option("--role", options->role, base::text("token.role"))
      ->check(CLI::IsMember({"viewer", "service", "member", "owner"}));
  sub->add_option("--days", options->days, base::text("token.days"))
      ->check(CLI::Range(0.01, 3650.0));
  also(*sub, [options](const Session& session) { return create(*options, session); });
  return {};
}

}  // namespace fulcrum::cli

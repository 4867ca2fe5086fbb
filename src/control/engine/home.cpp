#include "control/engine/home.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>

#include "base/files.h"
#include "base/hash.h"
#include "base/random.h"
#include "base/text.h"
#include "control/engine/pillars.h"
#include "trust/identity.h"
#include "trust/pillar.h"
#include "trust/signer.h"
#include "trust/vault.h"

namespace fulcrum::control {

namespace {

constexpr std::int64_t kTokenLifeUs = 10LL * 365 * 24 * 3600 * 1'000'000;

std::string environment(const char* name) {
  const char* value = std::getenv(name);
  return value ? value : "";
}

std::string new_token() {
  std::array<char, 32> bytes;
  base::secure_random(bytes.data(), bytes.size());
  return "fulcrum_" + base::to_hex(std::string_view(bytes.data(), bytes.size()));
}

/// Who holds the lock, as it wrote itself into the file; for the message only.
std::string holder_of(int file) {
  std::array<char, 32> text{};
  const ssize_t size = ::pread(file, text.data(), text.size() - 1, 0);
  std::string holder(text.data(), size > 0 ? static_cast<std::size_t>(size) : 0);
  while (!holder.empty() && holder.back() == '\n') holder.pop_back();
  return holder.empty() ? "?" : holder;
}

/// Where the system says no, another folder is the way out.
base::Error with_way_out(base::Error error) {
  if (error.fix.empty()) error.fix = base::text("home.denied_fix");
  return error;
}

/// SQLite would create it, and the files beside it, readable for everybody.
base::Status create_private(const std::filesystem::path& path) {
  const int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (file < 0)
    return base::failed("home.open",
                        fmt::format("cannot open {}: {}", path.string(), std::strerror(errno)),
                        base::text("home.denied_fix"));
  ::close(file);
  return {};
}

class OpenHome final : public Home {
 public:
  OpenHome(HomePaths paths, HomeLock lock) : paths_(std::move(paths)), lock_(std::move(lock)) {}

  base::Status open(const EngineOptions& options) {
    CHECK_OK(base::make_folder(paths_.jobs(), true));
    CHECK_OK(base::make_folder(paths_.keys(), true));
    CHECK_OK(base::make_folder(paths_.objects(), true));
    CHECK_OK(create_private(paths_.ledger()));
    TRY(objects_, objects::open_local_store(paths_.objects()));
    TRY(auto key, trust::open_ledger_key(paths_.keys()));
    auto pillars = make_pillars();
    TRY(auto store,
        ledger::open_sqlite_store(paths_.ledger().string(),
                                  {.tables = all_tables(pillars), .sign = std::move(key.sign)}));
    TRY(auto vault, trust::open_vault(paths_.keys() / "root.key", trust::keys_in(*store)));
    TRY(engine_, open_engine(std::move(pillars), std::move(store), std::move(vault), options));
    return prepare_token(options.clock->now_us());
  }

  const HomePaths& paths() const override { return paths_; }
  Engine& engine() override { return *engine_; }
  objects::Store& objects() override { return *objects_; }
  const std::string& owner_token() const override { return token_; }

 private:
  bool is_valid(const std::string& hash, std::int64_t now_us) const {
    bool valid = false;
    engine_->with_pillar("trust", [&](const ledger::Pillar& pillar) {
      const auto known = trust::authenticate(trust::state_of(pillar), hash, now_us);
      valid = known && known->role == ledger::Role::kOwner;
    });
    return valid;
  }

  /// Nobody can tell which of the owner's tokens the file held, so all of them stop.
  base::Status revoke_owner_tokens() {
    std::vector<std::string> ids;
    engine_->with_pillar("trust", [&](const ledger::Pillar& pillar) {
      for (const auto& [id, token] : trust::state_of(pillar).tokens)
        if (!token.revoked && token.actor == kOwnerActor &&
            trust::to_role(token.role) == ledger::Role::kOwner)
          ids.push_back(id);
    });
    for (const auto& id : ids) {
      const auto reply = engine_->submit({.name = "token.revoke",
                                          .body = base::json::object{{"token", id}},
                                          .actor = std::string(kOwnerActor),
                                          .role = ledger::Role::kOwner,
                                          .idempotency_key = {}});
      if (!reply) return base::Failure(reply.error());
    }
    return {};
  }

  base::Status prepare_token(std::int64_t now_us) {
    if (auto text = base::read_file(paths_.token())) {
      token_ = std::move(*text);
      while (!token_.empty() && token_.back() == '\n') token_.pop_back();
      if (is_valid(base::sha256_hex(token_), now_us)) return {};
    }
    // Whoever has the lost file must not be let in by it. Before the new one is made: a crash in
    // between leaves a home without a token, and the next open makes it one.
    CHECK_OK(revoke_owner_tokens());
    token_ = new_token();
    // The file first: a token that only the ledger knows would be of no use to anybody.
    CHECK_OK(base::write_file(paths_.token(), token_ + "\n", 0600));
    const auto reply =
        engine_->submit({.name = "token.create",
                         .body = base::json::object{{"actor", kOwnerActor},
                                                    {"role", "owner"},
                                                    {"expires_at_us", now_us + kTokenLifeUs},
                                                    {"token_sha256", base::sha256_hex(token_)}},
                         .actor = std::string(kOwnerActor),
                         .role = ledger::Role::kOwner,
                         .idempotency_key = {}});
    if (!reply) return base::Failure(reply.error());
    return {};
  }

  HomePaths paths_;
  HomeLock lock_;  // released last
  std::unique_ptr<objects::Store> objects_;
  std::unique_ptr<Engine> engine_;
  std::string token_;
};

}  // namespace

HomePaths find_home(std::string_view option) {
  std::filesystem::path root(option);
  if (root.empty()) root = environment("FULCRUM_HOME");
  if (root.empty()) {
    if (const auto data = environment("XDG_DATA_HOME"); !data.empty()) {
      root = std::filesystem::path(data) / "fulcrum";
    } else {
      root = std::filesystem::path(environment("HOME")) / ".local/share/fulcrum";
    }
  }
  std::error_code ignored;
  return {std::filesystem::absolute(root, ignored).lexically_normal()};
}

HomeLock& HomeLock::operator=(HomeLock&& other) noexcept {
  std::swap(file_, other.file_);
  return *this;
}

HomeLock::~HomeLock() {
  if (file_ >= 0) ::close(file_);
}

base::Result<HomeLock> lock_home(const HomePaths& paths) {
  if (auto made = base::make_folder(paths.root, true); !made)
    return base::Failure(with_way_out(made.error()));
  HomeLock lock;
  lock.file_ = ::open(paths.lock().c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (lock.file_ < 0)
    return base::failed(
        "home.open", fmt::format("cannot open {}: {}", paths.lock().string(), std::strerror(errno)),
        base::text("home.denied_fix"));
  if (::flock(lock.file_, LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK)
      return base::failed("home.open", fmt::format("cannot lock {}: {}", paths.lock().string(),
                                                   std::strerror(errno)));
    return base::conflict("home.locked",
                          base::text("home.locked", paths.root.string(), holder_of(lock.file_)));
  }
  const std::string me = std::to_string(::getpid()) + "\n";
  if (::ftruncate(lock.file_, 0) != 0 || ::pwrite(lock.file_, me.data(), me.size(), 0) < 0) {
    // Only the message about the holder suffers.
  }
  return lock;
}

base::Result<std::unique_ptr<Home>> open_home(HomePaths paths, HomeLock lock,
                                              EngineOptions options) {
  auto home = std::make_unique<OpenHome>(std::move(paths), std::move(lock));
  CHECK_OK(home->open(options));
  return std::unique_ptr<Home>(std::move(home));
}

}  // namespace fulcrum::control

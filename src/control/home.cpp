#include "control/home.h"

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
#include "control/pillars.h"

namespace fulcrum::control {

namespace {

constexpr std::string_view kTokenSetting = "owner_token_sha256";

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

class OpenHome final : public Home {
 public:
  OpenHome(HomePaths paths, HomeLock lock) : paths_(std::move(paths)), lock_(std::move(lock)) {}

  base::Status open(EngineOptions options) {
    std::error_code ignored;
    is_new_ = !std::filesystem::exists(paths_.ledger(), ignored);
    CHECK_OK(base::make_folder(paths_.jobs(), true));
    TRY(objects_, objects::open_local_store(paths_.objects()));
    auto pillars = make_pillars();
    TRY(auto store, ledger::open_sqlite_store(paths_.ledger().string(),
                                              {.tables = all_tables(pillars), .sign = {}}));
    CHECK_OK(prepare_token(*store));
    TRY(engine_, open_engine(std::move(pillars), std::move(store), nullptr, options));
    return {};
  }

  const HomePaths& paths() const override { return paths_; }
  Engine& engine() override { return *engine_; }
  objects::Store& objects() override { return *objects_; }
  const std::string& owner_token() const override { return token_; }
  const std::string& owner_token_hash() const override { return token_hash_; }
  bool is_new() const override { return is_new_; }

 private:
  base::Status prepare_token(ledger::Store& store) {
    TRY(const auto kept, store.get_setting(kTokenSetting));
    if (auto text = base::read_file(paths_.token()); text && kept) {
      while (!text->empty() && text->back() == '\n') text->pop_back();
      token_ = std::move(*text);
      token_hash_ = base::sha256_hex(token_);
      if (token_hash_ == *kept) return {};
    }
    token_ = new_token();
    token_hash_ = base::sha256_hex(token_);
    CHECK_OK(base::write_file(paths_.token(), token_ + "\n", 0600));
    return store.put_setting(kTokenSetting, token_hash_);
  }

  HomePaths paths_;
  HomeLock lock_;  // released last
  std::unique_ptr<objects::Store> objects_;
  std::unique_ptr<Engine> engine_;
  std::string token_, token_hash_;
  bool is_new_ = false;
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
  CHECK_OK(base::make_folder(paths.root, true));
  HomeLock lock;
  lock.file_ = ::open(paths.lock().c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (lock.file_ < 0)
    return base::failed("home.open", fmt::format("cannot open {}: {}", paths.lock().string(),
                                                 std::strerror(errno)));
  if (::flock(lock.file_, LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK)
      return base::failed("home.open", fmt::format("cannot lock {}: {}", paths.lock().string(),
                                                   std::strerror(errno)));
    return base::conflict("home.locked", base::text("home.locked", paths.root.string(),
                                                    holder_of(lock.file_)));
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

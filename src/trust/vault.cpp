#include "trust/vault.h"

#include <openssl/crypto.h>

#include <mutex>
#include <unordered_map>

#include "base/hash.h"
#include "base/random.h"
#include "trust/key_file.h"
#include "trust/vault_cipher.h"

namespace fulcrum::trust {

namespace json = base::json;

namespace {

/// Subject keys held in memory at most.
constexpr std::size_t kMaxKeys = 100'000;

std::string key_name(std::string_view subject) {
  return "vault/key/" + std::string(subject);
}
std::string erased_name(std::string_view subject) {
  return "vault/erased/" + std::string(subject);
}
std::string key_context(std::string_view subject) {
  return "fulcrum subject key 1\n" + std::string(subject);
}
std::string text_context(std::string_view subject) {
  return "fulcrum personal text 1\n" + std::string(subject);
}

class StoreKeys final : public KeyStore {
 public:
  explicit StoreKeys(ledger::Store& store) : store_(store) {}
  base::Result<std::optional<std::string>> get(std::string_view name) const override {
    return store_.get_setting(name);
  }
  base::Status put(std::string_view name, std::string_view wrapped) override {
    return store_.put_setting(name, wrapped);
  }
  base::Status erase(std::string_view name) override { return store_.erase_setting(name); }

 private:
  ledger::Store& store_;
};

class KeyVault final : public ledger::SubjectVault {
 public:
  KeyVault(std::string root_key, std::unique_ptr<KeyStore> keys)
      : root_key_(std::move(root_key)),
        keys_(std::move(keys)),
        recognition_key_(keyed_hash(root_key_, "fulcrum recognition key 1")),
        recognition_name_(base::to_hex(keyed_hash(recognition_key_, "name")).substr(0, 8)) {}
  ~KeyVault() override {
    OPENSSL_cleanse(root_key_.data(), root_key_.size());
    OPENSSL_cleanse(recognition_key_.data(), recognition_key_.size());
    forget_all();
  }

  base::Status seal(json::value& value) override {
    if (auto* object = value.if_object()) {
      if (const auto* personal = object->if_contains("$personal"))
        return seal_personal(json::value(*personal), value);
      for (auto& member : *object) CHECK_OK(seal(member.value()));
    } else if (auto* array = value.if_array()) {
      for (auto& element : *array) CHECK_OK(seal(element));
    }
    return {};
  }

  void open(json::value& value) const override {
    if (auto* object = value.if_object()) {
      if (const auto* sealed = object->if_contains("$sealed")) {
        open_sealed(json::value(*sealed), value);
        return;
      }
      for (auto& member : *object) open(member.value());
    } else if (auto* array = value.if_array()) {
      for (auto& element : *array) open(element);
    }
  }

  base::Status erase(const std::string& subject) override {
    const std::lock_guard lock(mutex_);
    // The mark comes first: from then on no new key is made and the old one is not used.
    CHECK_OK(keys_->put(erased_name(subject), "1"));
    forget(subject);
    return keys_->erase(key_name(subject));
  }

  base::Result<std::string> recognise(std::string_view text,
                                      const std::vector<std::string>& subjects) const override {
    if (subjects.empty()) return marked(keyed_hash(recognition_key_, text));
    std::string hash(text);
    for (const auto& subject : subjects) {
      TRY(const std::string key, key_of(subject, false));
      if (key.empty()) return std::string();
      hash = keyed_hash(key, hash);
    }
    return marked(keyed_hash(recognition_key_, hash));
  }

 private:
  /// 128 bits are plenty to recognise by. The key's name tells a copy that was imported under
  /// another root key.
  std::string marked(const std::string& hash) const {
    return recognition_name_ + ":" + base::to_hex(std::string_view(hash).substr(0, 16));
  }

  base::Status seal_personal(const json::value& personal, json::value& out) {
    const std::string subject = base::get_string(personal, "subject");
    const std::string text = base::get_string(personal, "text");
    TRY(const std::string key, key_of(subject, true));
    Sealed sealed;
    if (!key.empty()) sealed = seal_bytes(key, text, text_context(subject));
    out = json::object{{"$sealed",
                        {{"subject", subject},
                         {"nonce", base::to_base64(sealed.nonce)},
                         {"text", base::to_base64(sealed.text)}}}};
    return {};
  }

  void open_sealed(const json::value& sealed, json::value& out) const {
    const std::string subject = base::get_string(sealed, "subject");
    const auto nonce = base::from_base64(base::get_string(sealed, "nonce"));
    const auto text = base::from_base64(base::get_string(sealed, "text"));
    const auto key = key_of(subject, false);
    std::optional<std::string> plain;
    if (key && nonce && text) plain = open_bytes(*key, {*nonce, *text}, text_context(subject));
    out = json::object{{"$personal", {{"subject", subject}, {"text", plain.value_or("")}}}};
  }

  /// Empty for an erased subject, and, unless `make`, for one that has no key.
  base::Result<std::string> key_of(const std::string& subject, bool make) const {
    const std::lock_guard lock(mutex_);
    if (const auto known = known_.find(subject); known != known_.end()) return known->second;
    TRY(const auto erased, keys_->get(erased_name(subject)));
    std::string key;
    if (!erased) {
      TRY(const auto wrapped, keys_->get(key_name(subject)));
      if (wrapped) {
        TRY(key, unwrap(subject, *wrapped));
      } else if (make) {
        TRY(key, new_key(subject));
      } else {
        return std::string();  // not kept: a key may be made later
      }
    }
    if (known_.size() >= kMaxKeys) forget_all();
    known_.emplace(subject, key);
    return key;
  }

  base::Result<std::string> new_key(const std::string& subject) const {
    std::string key(32, '\0');
    base::secure_random(key.data(), key.size());
    const Sealed wrapped = seal_bytes(root_key_, key, key_context(subject));
    CHECK_OK(keys_->put(key_name(subject), wrapped.nonce + wrapped.text));
    return key;
  }

  base::Result<std::string> unwrap(const std::string& subject, const std::string& wrapped) const {
    if (wrapped.size() > 12) {
      auto key =
          open_bytes(root_key_, {wrapped.substr(0, 12), wrapped.substr(12)}, key_context(subject));
      if (key && key->size() == 32) return std::move(*key);
    }
    return base::failed("vault.key", "the key of " + subject + " does not open",
                        "is HOME/keys/root.key the one this ledger was made with?");
  }

  void forget(const std::string& subject) const {
    const auto known = known_.find(subject);
    if (known == known_.end()) return;
    OPENSSL_cleanse(known->second.data(), known->second.size());
    known_.erase(known);
  }
  void forget_all() const {
    for (auto& [subject, key] : known_) OPENSSL_cleanse(key.data(), key.size());
    known_.clear();
  }

  std::string root_key_;
  std::unique_ptr<KeyStore> keys_;
  std::string recognition_key_;
  std::string recognition_name_;
  mutable std::mutex mutex_;
  mutable std::unordered_map<std::string, std::string> known_;  // subject → key, "" when erased
};

}  // namespace

std::unique_ptr<KeyStore> keys_in(ledger::Store& store) {
  return std::make_unique<StoreKeys>(store);
}

base::Result<std::unique_ptr<ledger::SubjectVault>> open_vault(
    const std::filesystem::path& root_key_file, std::unique_ptr<KeyStore> keys) {
  TRY(auto root_key, open_key_file(root_key_file));
  return std::make_unique<KeyVault>(std::move(root_key), std::move(keys));
}

}  // namespace fulcrum::trust

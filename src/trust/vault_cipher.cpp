#include "trust/vault_cipher.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <cstdlib>
#include <memory>

#include "base/random.h"

namespace fulcrum::trust {

namespace {

constexpr std::size_t kNonceBytes = 12, kTagBytes = 16;

const unsigned char* raw(std::string_view bytes) {
  return reinterpret_cast<const unsigned char*>(bytes.data());
}
unsigned char* raw(std::string& bytes) {
  return reinterpret_cast<unsigned char*>(bytes.data());
}

using Cipher = std::unique_ptr<EVP_CIPHER_CTX, decltype(&EVP_CIPHER_CTX_free)>;
Cipher new_cipher() {
  return {EVP_CIPHER_CTX_new(), EVP_CIPHER_CTX_free};
}

}  // namespace

Sealed seal_bytes(std::string_view key, std::string_view plain, std::string_view associated) {
  Sealed sealed{std::string(kNonceBytes, '\0'), std::string(plain.size() + kTagBytes, '\0')};
  base::secure_random(sealed.nonce.data(), kNonceBytes);
  const Cipher cipher = new_cipher();
  int size = 0;
  const bool done =
      key.size() == 32 && cipher &&
      EVP_EncryptInit_ex(cipher.get(), EVP_aes_256_gcm(), nullptr, raw(key),
                         raw(std::string_view(sealed.nonce))) == 1 &&
      EVP_EncryptUpdate(cipher.get(), nullptr, &size, raw(associated),
                        static_cast<int>(associated.size())) == 1 &&
      EVP_EncryptUpdate(cipher.get(), raw(sealed.text), &size, raw(plain),
                        static_cast<int>(plain.size())) == 1 &&
      EVP_EncryptFinal_ex(cipher.get(), raw(sealed.text) + plain.size(), &size) == 1 &&
      EVP_CIPHER_CTX_ctrl(cipher.get(), EVP_CTRL_GCM_GET_TAG, kTagBytes,
                          raw(sealed.text) + plain.size()) == 1;
  if (!done) std::abort();  // only a broken library gets here; going on would store plain text
  return sealed;
}

std::optional<std::string> open_bytes(std::string_view key, const Sealed& sealed,
                                      std::string_view associated) {
  if (key.size() != 32 || sealed.nonce.size() != kNonceBytes || sealed.text.size() < kTagBytes)
    return std::nullopt;
  const std::size_t plain_size = sealed.text.size() - kTagBytes;
  std::string plain(plain_size + 1, '\0'), tag = sealed.text.substr(plain_size);
  const Cipher cipher = new_cipher();
  int size = 0;
  const bool done =
      cipher &&
      EVP_DecryptInit_ex(cipher.get(), EVP_aes_256_gcm(), nullptr, raw(key),
                         raw(std::string_view(sealed.nonce))) == 1 &&
      EVP_DecryptUpdate(cipher.get(), nullptr, &size, raw(associated),
                        static_cast<int>(associated.size())) == 1 &&
      EVP_DecryptUpdate(cipher.get(), raw(plain), &size, raw(std::string_view(sealed.text)),
                        static_cast<int>(plain_size)) == 1 &&
      EVP_CIPHER_CTX_ctrl(cipher.get(), EVP_CTRL_GCM_SET_TAG, kTagBytes, tag.data()) == 1 &&
      EVP_DecryptFinal_ex(cipher.get(), raw(plain) + plain_size, &size) == 1;
  if (!done) return std::nullopt;
  plain.resize(plain_size);
  return plain;
}

std::string keyed_hash(std::string_view key, std::string_view text) {
  std::string hash(32, '\0');
  unsigned size = 0;
  if (!HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), raw(text), text.size(),
            raw(hash), &size) ||
      size != hash.size())
    std::abort();  // as above
  return hash;
}

}  // namespace fulcrum::trust

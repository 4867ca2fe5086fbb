#include "trust/signer.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>

#include <memory>

#include "base/files.h"
#include "base/hash.h"
#include "trust/key_file.h"

namespace fulcrum::trust {

namespace {

std::string sign_with(EVP_PKEY* key, std::string_view text) {
  const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(),
                                                                        EVP_MD_CTX_free);
  std::string signature(64, '\0');
  std::size_t size = signature.size();
  if (EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, key) != 1 ||
      EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(signature.data()), &size,
                     reinterpret_cast<const unsigned char*>(text.data()), text.size()) != 1)
    return {};
  return signature;
}

}  // namespace

base::Result<LedgerKey> open_ledger_key(const std::filesystem::path& keys_folder) {
  TRY(auto seed, open_key_file(keys_folder / "ledger.key"));
  std::shared_ptr<EVP_PKEY> key(
      EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nullptr,
                                   reinterpret_cast<const unsigned char*>(seed.data()),
                                   seed.size()),
      EVP_PKEY_free);
  OPENSSL_cleanse(seed.data(), seed.size());
  if (!key) return base::failed("key.file", "the ledger's key cannot be used");
  std::string public_key(32, '\0');
  std::size_t size = public_key.size();
  EVP_PKEY_get_raw_public_key(key.get(), reinterpret_cast<unsigned char*>(public_key.data()),
                              &size);
  const auto public_file = keys_folder / "ledger.pub";
  std::error_code ignored;
  if (!std::filesystem::exists(public_file, ignored))
    CHECK_OK(base::write_file(public_file, base::to_hex(public_key) + "\n", 0644));
  return LedgerKey{[key](std::string_view text) { return sign_with(key.get(), text); },
                   std::move(public_key)};
}

}  // namespace fulcrum::trust

#include "data/settings.h"

#include "base/codec.h"
#include "data/clean_settings.h"

namespace fulcrum::data {

template <class T>
base::Result<T> read_settings(const base::json::value& settings) {
  return base::decode<T>(settings, "source");
}

template base::Result<HttpJsonSettings> read_settings(const base::json::value&);
template base::Result<CrawlSettings> read_settings(const base::json::value&);
template base::Result<FilesSettings> read_settings(const base::json::value&);
template base::Result<TableSettings> read_settings(const base::json::value&);
template base::Result<InlineSettings> read_settings(const base::json::value&);

base::Result<CleanSettings> read_clean_settings(const base::json::value& settings) {
  if (settings.is_null()) return CleanSettings{};
  return base::decode<CleanSettings>(settings, "cleaning");
}

}  // namespace fulcrum::data

#include "control/run/step_outputs.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <filesystem>

#include "base/files.h"
#include "base/hash.h"

namespace fulcrum::control {

namespace {

namespace fs = std::filesystem;
namespace json = base::json;

std::vector<std::string> files_below(const fs::path& root) {
  std::vector<std::string> files;
  std::error_code error;
  if (fs::is_regular_file(root, error)) return {root.string()};
  for (fs::recursive_directory_iterator it(root, error), end; !error && it != end;
       it.increment(error))
    if (it->is_regular_file()) files.push_back(it->path().string());
  std::sort(files.begin(), files.end());
  return files;
}

std::string digest_of(const plan::Output& output) {
  std::string text;
  for (const auto& file : output.files) text += file.path + "\n" + file.object + "\n";
  return base::sha256_hex(text);
}

void add_script(std::string& fingerprint, const std::string& word, const std::string& plan_folder) {
  const fs::path path =
      fs::path(word).is_absolute() ? fs::path(word) : fs::path(plan_folder) / word;
  std::error_code error;
  if (!fs::is_regular_file(path, error)) return;
  if (const auto content = base::read_file(path)) fingerprint += base::sha256_hex(*content) + "\n";
}

void add_commands(std::string& fingerprint, const json::value& value,
                  const std::string& plan_folder) {
  if (const auto* object = value.if_object()) {
    for (const auto& entry : *object) {
      if (entry.key() == "command" && entry.value().is_array()) {
        for (const auto& word : entry.value().get_array())
          if (word.is_string())
            add_script(fingerprint, std::string(word.get_string()), plan_folder);
      } else {
        add_commands(fingerprint, entry.value(), plan_folder);
      }
    }
  } else if (const auto* array = value.if_array()) {
    for (const auto& element : *array) add_commands(fingerprint, element, plan_folder);
  }
}

void add_local_source(std::string& fingerprint, const json::value& source,
                      const std::string& plan_folder) {
  const std::string path = base::get_string(source, "path");
  if (path.empty() || path.find("${") != std::string::npos) return;
  const fs::path root =
      fs::path(path).is_absolute() ? fs::path(path) : fs::path(plan_folder) / path;
  for (const auto& file : files_below(root)) {
    struct stat info {};
    if (::stat(file.c_str(), &info) != 0) continue;
    fingerprint +=
        fmt::format("{} {} {}.{}\n", file, info.st_size, info.st_mtim.tv_sec, info.st_mtim.tv_nsec);
  }
}

std::string name_below(const fs::path& file, const fs::path& folder) {
  return file.lexically_normal().lexically_relative(folder.lexically_normal()).string();
}

}  // namespace

base::Result<std::map<std::string, plan::Output>> store_outputs(
    objects::Store& objects, const std::string& work_folder,
    const std::map<std::string, std::string>& outputs) {
  std::map<std::string, plan::Output> stored;
  for (const auto& [name, path] : outputs) {
    const fs::path root = fs::path(work_folder) / path;
    if (!base::file_exists(root))
      return base::failed(
          "step.output",
          fmt::format("the step promised {} ({}), which is not there", name, root.string()));
    plan::Output& output = stored[name];
    output.path = path;
    for (const auto& file : files_below(root)) {
      TRY(const std::string id, objects.put_file(file));
      TRY(const std::uint64_t bytes, base::file_bytes(file));
      output.files.push_back({name_below(file, work_folder), id, bytes});
    }
    output.digest = digest_of(output);
  }
  return stored;
}

base::Result<std::string> restore_output(const objects::Store& objects,
                                         const std::string& work_folder,
                                         const plan::Output& output) {
  for (const auto& file : output.files) {
    const fs::path path = fs::path(work_folder) / file.path;
    std::error_code error;
    if (fs::file_size(path, error) == file.bytes && !error) continue;
    CHECK_OK(base::make_folder(path.parent_path()));
    CHECK_OK(objects.get_file(file.object, path));
  }
  return (fs::path(work_folder) / output.path).string();
}

std::string outside_fingerprint(const plan::Plan& plan, const plan::Step& step,
                                const std::string& plan_folder) {
  std::string fingerprint;
  add_commands(fingerprint, step.settings, plan_folder);
  for (const auto& name : step.services)
    if (const auto found = plan.services.find(name); found != plan.services.end())
      for (const auto& word : found->second.command) add_script(fingerprint, word, plan_folder);
  if (const auto* source = base::find_path(step.settings, "source"))
    add_local_source(fingerprint, *source, plan_folder);
  return fingerprint.empty() ? fingerprint : base::sha256_hex(fingerprint);
}

}  // namespace fulcrum::control

#include "exec/shim/job_folder.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>

namespace fulcrum::exec::shim {

namespace {

void put(std::string& text, char letter, std::string_view value) {
  text += letter;
  text += value;
  text += '\0';
}

std::int64_t to_integer(const std::string& text) {
  return std::strtoll(text.c_str(), nullptr, 10);
}

bool write_all(int file, std::string_view content) {
  while (!content.empty()) {
    const ssize_t written = ::write(file, content.data(), content.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    content.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

}  // namespace

std::string write_launch(const Launch& launch) {
  std::string text;
  put(text, 'J', launch.job_id);
  for (const auto& argument : launch.command) put(text, 'A', argument);
  put(text, 'W', launch.working_folder);
  for (const auto& variable : launch.environment) put(text, 'E', variable);
  for (const auto device : launch.devices) put(text, 'D', std::to_string(device));
  if (launch.devices_are_cores) put(text, 'C', "1");
  put(text, 'T', std::to_string(launch.time_limit_us));
  put(text, 'G', std::to_string(launch.grace_us));
  put(text, 'M', std::to_string(launch.memory_limit_bytes));
  return text;
}

bool read_launch(std::string_view text, Launch& launch) {
  while (!text.empty()) {
    const std::size_t end = text.find('\0');
    if (end == std::string_view::npos || end == 0) return false;
    const char letter = text[0];
    std::string value(text.substr(1, end - 1));
    text.remove_prefix(end + 1);
    switch (letter) {
      case 'J':
        launch.job_id = std::move(value);
        break;
      case 'A':
        launch.command.push_back(std::move(value));
        break;
      case 'W':
        launch.working_folder = std::move(value);
        break;
      case 'E':
        launch.environment.push_back(std::move(value));
        break;
      case 'D':
        launch.devices.push_back(static_cast<std::uint32_t>(to_integer(value)));
        break;
      case 'C':
        launch.devices_are_cores = true;
        break;
      case 'T':
        launch.time_limit_us = to_integer(value);
        break;
      case 'G':
        launch.grace_us = to_integer(value);
        break;
      case 'M':
        launch.memory_limit_bytes = to_integer(value);
        break;
      default:
        return false;
    }
  }
  return !launch.command.empty();
}

std::string write_fields(const Fields& fields) {
  std::string text;
  for (const auto& [name, value] : fields) text += name + "=" + value + "\n";
  return text;
}

Fields read_fields(std::string_view text) {
  Fields fields;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, end);
    if (const std::size_t equals = line.find('='); equals != std::string_view::npos)
      fields[std::string(line.substr(0, equals))] = std::string(line.substr(equals + 1));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return fields;
}

std::int64_t integer_field(const Fields& fields, const std::string& name) {
  const auto found = fields.find(name);
  return found == fields.end() ? 0 : to_integer(found->second);
}

bool read_small_file(const std::string& path, std::string& content) {
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return false;
  content.clear();
  char buffer[4096];
  ssize_t got = 0;
  while ((got = ::read(file, buffer, sizeof buffer)) > 0 || (got < 0 && errno == EINTR))
    if (got > 0) content.append(buffer, static_cast<std::size_t>(got));
  ::close(file);
  return got == 0;
}

bool replace_file(const std::string& path, std::string_view content, unsigned mode, bool durable) {
  const std::string temporary = path + ".part";
  const int file = ::open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC,
                          static_cast<mode_t>(mode));
  if (file < 0) return false;
  const bool written = write_all(file, content) && (!durable || ::fsync(file) == 0);
  ::close(file);
  if (written && ::rename(temporary.c_str(), path.c_str()) == 0) return true;
  ::unlink(temporary.c_str());
  return false;
}

}  // namespace fulcrum::exec::shim

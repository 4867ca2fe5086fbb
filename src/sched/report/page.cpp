#include "sched/report/page.h"

#include <fmt/format.h>

#include "base/hash.h"
#include "base/text.h"
#include "sched/report/assets.h"

namespace fulcrum::sched {

namespace {

std::string safe(std::string_view text) {
  std::string html;
  for (const char c : text) {
    if (c == '&')
      html += "&amp;";
    else if (c == '<')
      html += "&lt;";
    else if (c == '>')
      html += "&gt;";
    else if (c == '"')
      html += "&quot;";
    else
      html += c;
  }
  return html;
}

std::string table_html(const base::TableText& table) {
  const auto kind = [&](std::size_t column) {
    return column < table.right_aligned.size() && table.right_aligned[column] ? " class=\"number\""
                                                                              : "";
  };
  std::string html = "<div class=\"wide\"><table>\n<thead><tr>";
  for (std::size_t i = 0; i < table.header.size(); ++i)
    html += fmt::format("<th scope=\"col\"{}>{}</th>", kind(i), safe(table.header[i]));
  html += "</tr></thead>\n<tbody>\n";
  for (const auto& row : table.rows) {
    html += "<tr>";
    for (std::size_t i = 0; i < row.size(); ++i)
      html += i == 0 ? fmt::format("<th scope=\"row\"{}>{}</th>", kind(i), safe(row[i]))
                     : fmt::format("<td{}>{}</td>", kind(i), safe(row[i]));
    html += "</tr>\n";
  }
  return html + "</tbody></table></div>\n";
}

std::string figure_html(const Figure& figure) {
  std::string html = fmt::format("<h2>{}</h2>\n<figure>\n", safe(figure.title));
  html += fmt::format("<img src=\"data:image/svg+xml;base64,{}\" alt=\"{}\">\n",
                      base::to_base64(figure.svg), safe(figure.title));
  if (!figure.note.empty()) html += fmt::format("<figcaption>{}</figcaption>\n", safe(figure.note));
  html += fmt::format("<details><summary>{}</summary>\n{}</details>\n</figure>\n",
                      safe(base::text("report.as_table")), table_html(figure.table));
  return html;
}

}  // namespace

std::string to_html(const Page& page) {
  std::string html = fmt::format(
      "<!DOCTYPE html>\n<html lang=\"{}\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; img-src data:; "
      "style-src 'unsafe-inline'\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
      "<title>{}</title>\n<style>\n",
      base::language() == base::Language::kChinese ? "zh-CN" : "en", safe(page.title));
  for (const Asset& asset : assets()) html += asset.content;
  html += fmt::format("</style>\n</head>\n<body>\n<h1>{}</h1>\n<ul>\n", safe(page.title));
  for (const std::string& fact : page.facts) html += fmt::format("<li>{}</li>\n", safe(fact));
  html += fmt::format(
      "</ul>\n<h2>{}</h2>\n",
      safe(page.table_title.empty() ? base::text("report.all_runs") : page.table_title));
  html += table_html(page.runs);
  for (const Figure& figure : page.figures) html += figure_html(figure);
  return html + "</body>\n</html>\n";
}

}  // namespace fulcrum::sched

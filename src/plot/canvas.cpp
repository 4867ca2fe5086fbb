#include "plot/canvas.h"

#include <fmt/format.h>
#include <plplot/plplot.h>

#include <cstdlib>

namespace fulcrum::plot {

namespace {

std::mutex& globals() {
  static std::mutex mutex;
  return mutex;
}

struct Colour {
  PLINT red, green, blue;
};
/// Background, ink, grid, then the palette of Okabe and Ito (2008) without its yellow.
constexpr Colour kColours[] = {{255, 255, 255}, {40, 40, 40},   {205, 205, 205}, {0, 114, 178},
                               {213, 94, 0},    {0, 158, 115},  {204, 121, 167}, {86, 180, 233},
                               {230, 159, 0},   {110, 110, 110}};
constexpr std::size_t kSeriesColours = std::size(kColours) - kFirstColour;
constexpr int kPatterns = 8;
/// Circle, triangle, square, plus, diamond, cross, star, asterisk.
constexpr int kSymbols[] = {4, 7, 6, 2, 11, 5, 12, 3};

}  // namespace

int colour_of(std::size_t series) {
  return kFirstColour + static_cast<int>(series % kSeriesColours);
}
int pattern_of(std::size_t series) {
  return 1 + static_cast<int>(series % kPatterns);
}
int symbol_of(std::size_t series) {
  return kSymbols[series % std::size(kSymbols)];
}

std::string escaped(const std::string& text) {
  std::string doubled;
  for (const char c : text) doubled += c == '#' ? "##" : std::string(1, c);
  return doubled;
}

Canvas::Canvas(int width, int height) : lock_(globals()) {
  PLINT red[std::size(kColours)], green[std::size(kColours)], blue[std::size(kColours)];
  for (std::size_t i = 0; i < std::size(kColours); ++i) {
    red[i] = kColours[i].red;
    green[i] = kColours[i].green;
    blue[i] = kColours[i].blue;
  }
  plsdev("svg");
  plsfile(::open_memstream(&text_, &size_));  // closed by plend()
  plsetopt("geometry", fmt::format("{}x{}", width, height).c_str());
  plscmap0(red, green, blue, std::size(kColours));
  plinit();
  pladv(0);
  plschr(0, 0.62);
  plssym(0, 0.8);
  plcol0(kInk);
}

Canvas::~Canvas() {
  if (lock_.owns_lock()) finish();
}

void Canvas::frame(double left, double right, double bottom, double top) {
  right_ = right;
  bottom_ = bottom;
  top_ = top;
  plvpor(left, right, bottom, top);
}

void Canvas::legend(const std::vector<std::string>& names, bool symbols) {
  constexpr double kRow = 0.07;
  plvpor(right_, 1, bottom_, top_);
  plwind(0, 1, 0, 1);
  for (std::size_t i = 0; i < names.size(); ++i) {
    const double y = 1 - kRow * (static_cast<double>(i) + 0.5);
    const double x[] = {0.06, 0.22}, ys[] = {y, y}, middle = 0.14;
    plcol0(colour_of(i));
    if (symbols) {
      plpoin(1, &middle, &y, symbol_of(i));
    } else {
      pllsty(pattern_of(i));
      plwidth(kLineWidth);
      plline(2, x, ys);
      pllsty(1);
      plwidth(1);
    }
    plcol0(kInk);
    plptex(0.26, y, 1, 0, 0, escaped(names[i]).c_str());
  }
}

std::string Canvas::finish() {
  plend();
  std::string text(text_, size_);
  std::free(text_);
  lock_.unlock();
  return text;
}

}  // namespace fulcrum::plot

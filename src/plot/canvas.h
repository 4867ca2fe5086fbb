#pragma once
// One drawing in PLplot: begins in the constructor, ends in finish(). Holds PLplot's globals.
#include <cstdio>
#include <mutex>
#include <string>
#include <vector>

namespace fulcrum::plot {

inline constexpr double kLineWidth = 1.6;
inline constexpr int kInk = 1, kGrid = 2, kFirstColour = 3;
int colour_of(std::size_t series);
int pattern_of(std::size_t series);  // pllsty
int symbol_of(std::size_t series);   // plpoin

class Canvas {
 public:
  Canvas(int width, int height);
  ~Canvas();
  Canvas(const Canvas&) = delete;
  Canvas& operator=(const Canvas&) = delete;

  /// The part of the drawing inside the axes, in parts of the whole.
  void frame(double left, double right, double bottom, double top);
  /// Names with a line or a symbol each, right of the axes. Leaves another window set.
  void legend(const std::vector<std::string>& names, bool symbols);
  std::string finish();

 private:
  std::unique_lock<std::mutex> lock_;
  char* text_ = nullptr;
  std::size_t size_ = 0;
  double right_ = 1, bottom_ = 0, top_ = 1;
};

/// PLplot reads # as an escape.
std::string escaped(const std::string& text);

}  // namespace fulcrum::plot

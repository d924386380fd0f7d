#pragma once
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

// Follows the headings of a page: for whom its lines are.
namespace fairlead::preflight {

bool is_page(std::string_view path); // Markdown, reStructuredText, AsciiDoc

// The headings that hold at a line, and the text above it: what the commands there are for.
class Headings {
  public:
    void take(const std::string& line);
    void take_text(std::string_view text); // what stands above is this
    enum class About { nothing, development, deployment };
    About about() const;
    bool are_in_code() const { return in_code_; }
    static bool name_deployment(std::string_view line);

  private:
    void open(std::size_t level, std::string words);

    std::vector<std::pair<std::size_t, std::string>> open_; // by level, the outermost first
    std::string above_;
    bool in_code_ = false, is_below_text_ = false;
};

}

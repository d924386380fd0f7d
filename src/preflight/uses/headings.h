#pragma once
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

// Tracks the headings of a page, to know whether a command is for development or for deployment.
namespace fairlead::preflight {

bool is_page(std::string_view path); // Markdown, reStructuredText, AsciiDoc

// The headings above a line, and the text before it. They say what the commands at that line are for.
class Headings {
  public:
    void take(const std::string& line);
    void take_text(std::string_view text); // sets the text before the next line
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

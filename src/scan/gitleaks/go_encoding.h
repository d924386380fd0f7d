#pragma once
#include <string>
#include <string_view>
#include <vector>

// Writes text and numbers byte for byte as the encoders of Go's library do, because gitleaks makes its reports with
// them.
namespace fairlead::scan::gitleaks {

std::string go_json(std::string_view text); // encoding/json: in quotes, < > & escaped; each wrong byte becomes \ufffd
std::string go_number(float number);        // encoding/json: the shortest form that reads back; finite and below 2^24
std::string go_csv(std::string_view field); // encoding/csv: quoted only if it must be
std::string go_xml(std::string_view text);  // encoding/xml, also for attributes; what XML 1.0 can't hold becomes U+FFFD

// Writes JSON over many lines, as encoding/json indents it. An empty key stands for an element of an array.
class GoJson {
  public:
    explicit GoJson(char indent) : indent_(indent) {} // `indent`: once per level
    void open(char bracket, std::string_view key = {});
    void close(char bracket);
    void put(std::string_view key, std::string_view text) { start(key) += go_json(text); }
    void put(std::string_view key, int number) { start(key) += std::to_string(number); }
    void put(std::string_view key, float number) { start(key) += go_number(number); }
    void put(std::string_view key, const std::vector<std::string>& texts);
    const std::string& text() const { return text_; }

  private:
    std::string& start(std::string_view key);
    void new_line();

    std::string text_;
    char indent_;
    std::size_t depth_ = 0;
    bool first_ = true; // nothing was written after the last opening bracket
};

}

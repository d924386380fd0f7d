#include "base/shell.h"
#include "base/text.h"

namespace fairlead {

std::string shell_word(std::string_view word) {
    constexpr std::string_view plain = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-+=./:,@%";
    if (!word.empty() && word.find_first_not_of(plain) == word.npos) return std::string(word);
    return "'" + replace_all(std::string(word), "'", "'\\''") + "'";
}

}

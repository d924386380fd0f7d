#pragma once
#include "sys/data/json_stream.h"
#include <string>
#include <string_view>

namespace fairlead::sys {

// Reads a line of JSON as most programs write it: one object in ASCII, without lone surrogates, whose values are
// strings, numbers of up to 18 characters without exponent, true, false or null. Calls `take` as read_texts() does.
// False: the line has another form; ignore what `take` got, and use another reader.
class PlainLine {
  public:
    bool read(std::string_view object, const TakeText& take);

  private:
    bool member(const TakeText& take);
    bool text(std::string_view& out, std::string& unescaped);
    bool escape(std::string& out);
    bool scalar();
    bool number();
    bool word(std::string_view expected);
    void blanks();
    bool eat(char c);

    std::string_view rest_;
    std::string name_, value_; // reused
};

}

#pragma once
#include <cstdio>
#include <string>
#include <string_view>
#include <vector>

// Archives by hand, with everything that no honest program would write. Header only, for the fuzz targets.
namespace fairlead::test {

struct TarMember {
    std::string name;
    char type = '0';
    std::string content = {}, target = {};
    unsigned mode = 0644;
};

inline std::string tar_header(const TarMember& member) {
    std::string header(512, '\0');
    const auto put = [&](std::size_t at, std::string_view text, std::size_t room) {
        header.replace(at, std::min(text.size(), room), text.substr(0, room));
    };
    char number[24];
    const auto octal = [&](std::size_t at, unsigned long long value, int digits) {
        std::snprintf(number, sizeof number, "%0*llo", digits, value);
        put(at, number, static_cast<std::size_t>(digits));
    };
    put(0, member.name, 100);
    octal(100, member.mode, 7);
    octal(108, 0, 7);
    octal(116, 0, 7);
    octal(124, member.content.size(), 11);
    octal(136, 0, 11);
    header[156] = member.type;
    put(157, member.target, 100);
    put(257, std::string_view("ustar\00000", 8), 8);
    std::fill_n(header.begin() + 148, 8, ' ');
    unsigned sum = 0;
    for (const char c : header) sum += static_cast<unsigned char>(c);
    octal(148, sum, 6);
    header[154] = '\0';
    return header;
}

inline std::string tar_of(const std::vector<TarMember>& members) {
    std::string text;
    for (const auto& member : members) {
        text += tar_header(member) + member.content;
        text.resize((text.size() + 511) / 512 * 512, '\0');
    }
    return text + std::string(1024, '\0');
}

}

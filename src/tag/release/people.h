#pragma once
#include "sys/git/mailmap.h"
#include <string>
#include <string_view>
#include <vector>

// Who made a change, as far as its commit says so for sure.
namespace fairlead::tag {

struct Person {
    std::string name;  // never an address; empty: none that says anything
    std::string login; // on GitHub, from its own noreply addresses only; else empty
    std::string email; // lower case; tells people apart and is never shown
    bool bot = false;

    // One person, whatever of the three is known: address, login, name in full ("Ada Lovelace").
    std::vector<std::string> keys() const;
};

// Of two whom one change names: they have a key or the name in common.
bool is_same(const Person& one, const Person& other);

// The author, then the co-authors of its trailers, each once. `message`: of the commit.
std::vector<Person> people_of(std::string_view headers, std::string_view message, const sys::Mailmap& mailmap);

}

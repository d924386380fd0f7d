#pragma once
#include "sys/git/mailmap.h"
#include <string>
#include <string_view>
#include <vector>

// Finds the people who made a change, if its commit names them reliably.
namespace fairlead::tag {

struct Person {
    std::string name;  // never an address; empty: no useful name
    std::string login; // GitHub login, only from GitHub's own noreply addresses; else empty
    std::string email; // lower case; only used to compare people, never shown
    bool bot = false;

    // Returns keys of one person, from what is known: address, login, full name ("Ada Lovelace").
    std::vector<std::string> keys() const;
};

// Returns whether two people of one change are the same: they share a key or the name.
bool is_same(const Person& one, const Person& other);

// Returns the author, then the co-authors in the trailers, each once. `message`: the commit's message.
std::vector<Person> people_of(std::string_view headers, std::string_view message, const sys::Mailmap& mailmap);

}

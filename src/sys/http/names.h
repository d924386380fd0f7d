#pragma once
#include <array>
#include <chrono>
#include <condition_variable>
#include <curl/curl.h>
#include <mutex>
#include <set>
#include <string>

// Caches looked-up host names for all threads.
namespace fairlead::sys {

class Names {
  public:
    Names();
    CURLSH* share() { return share_; } // libcurl's cache of names, for at most a minute
    // Waits while another thread looks up `host` for the first time, so that sixteen checks that begin at the same time
    // ask the name server only once. False: `end` came, or a stop was requested.
    bool enter(const std::string& host, std::chrono::steady_clock::time_point end);
    void leave(const std::string& host); // call after the lookup, successful or not: other threads go on

  private:
    static void lock(CURL*, curl_lock_data data, curl_lock_access, void* names);
    static void unlock(CURL*, curl_lock_data data, void* names);

    CURLSH* share_;
    std::array<std::mutex, CURL_LOCK_DATA_LAST> locks_;
    std::mutex guard_;
    std::condition_variable changed_;
    std::set<std::string> entered_, looking_up_;
};

}

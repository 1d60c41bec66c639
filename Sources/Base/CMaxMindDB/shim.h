#pragma once
#include <maxminddb.h>
#include <netinet/in.h>
#include <string.h>

/* Finds two letters at a path of names in an entry. */
static inline int gw_letters(MMDB_entry_s *entry, const char *const *path, char code[2]) {
    MMDB_entry_data_s data;
    if (MMDB_aget_value(entry, &data, path) != MMDB_SUCCESS || !data.has_data) return 0;
    if (data.type != MMDB_DATA_TYPE_UTF8_STRING || data.data_size != 2) return 0;
    memcpy(code, data.utf8_string, 2);
    return 1;
}

/*
 * The country of an address: 4 or 16 bytes in network order. Writes two letters and returns 1, or returns 0 when the file does not know or is damaged.
 * MaxMind's files have country.iso_code, and registered_country.iso_code where an address has no place; IPinfo's have country_code or country.
 */
static inline int gw_country(const MMDB_s *database, const unsigned char *address, int length, char code[2]) {
    static const char *const paths[][3] = {
        {"country", "iso_code", NULL}, {"registered_country", "iso_code", NULL}, {"country_code", NULL, NULL}, {"country", NULL, NULL},
    };
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;
    const struct sockaddr *socket_address;
    if (length == 4) {
        memset(&v4, 0, sizeof v4);
        v4.sin_family = AF_INET;
        memcpy(&v4.sin_addr, address, 4);
        socket_address = (const struct sockaddr *)&v4;
    } else {
        memset(&v6, 0, sizeof v6);
        v6.sin6_family = AF_INET6;
        memcpy(&v6.sin6_addr, address, 16);
        socket_address = (const struct sockaddr *)&v6;
    }
    int error = MMDB_SUCCESS;
    MMDB_lookup_result_s found = MMDB_lookup_sockaddr(database, socket_address, &error);
    if (error != MMDB_SUCCESS || !found.found_entry) return 0;
    for (size_t index = 0; index < sizeof paths / sizeof paths[0]; index++) {
        if (gw_letters(&found.entry, paths[index], code)) return 1;
    }
    return 0;
}

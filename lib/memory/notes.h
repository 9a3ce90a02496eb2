/*
 * notes.h - goes through the notes of an ELF file or a core file.
 *
 *   at -> [name size, text size, type][name, to 4 bytes][text, to 4 bytes] at -> [ ...
 */
#ifndef HF_MEMORY_NOTES_H
#define HF_MEMORY_NOTES_H

#include <elf.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct hf_note_walk {
    const uint8_t *at;
    size_t left;
    uint32_t type;               /* the note that was come to */
    const uint8_t *name, *text;
    uint32_t name_bytes, text_bytes;
};

/* Goes to the next note, to the first after { .at, .left }. False: there is none that is whole. */
static inline bool hf_note_next(struct hf_note_walk *walk) {
    Elf64_Nhdr note;
    if (walk->left < sizeof note)
        return false;
    memcpy(&note, walk->at, sizeof note);
    size_t name_bytes = ((size_t)note.n_namesz + 3) & ~(size_t)3, text_bytes = ((size_t)note.n_descsz + 3) & ~(size_t)3;
    size_t left = walk->left - sizeof note;
    if (name_bytes > left || text_bytes > left - name_bytes)
        return false;
    walk->type = note.n_type;
    walk->name = walk->at + sizeof note;
    walk->text = walk->name + name_bytes;
    walk->name_bytes = note.n_namesz;
    walk->text_bytes = note.n_descsz;
    walk->at = walk->text + text_bytes;
    walk->left = left - name_bytes - text_bytes;
    return true;
}

/* `name` with its zero. */
static inline bool hf_note_is_of(const struct hf_note_walk *walk, const char *name) {
    size_t size = strlen(name) + 1;
    return walk->name_bytes == size && memcmp(walk->name, name, size) == 0;
}

#endif

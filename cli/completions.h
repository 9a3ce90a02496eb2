/* completions.h - what shells complete after "holdfast", as their own scripts, made from the tables of commands. */
#ifndef CLI_COMPLETIONS_H
#define CLI_COMPLETIONS_H

void completions_print_bash(void);
void completions_print_zsh(void);
void completions_print_fish(void);

#endif

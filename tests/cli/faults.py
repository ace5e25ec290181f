"""What may go wrong, class by class, with the tests that hold it.

The rule of every class: the answer is right, or one line says what was asked, what is allowed and the cure;
nothing that existed is lost, nothing half-written stays, and nothing hangs.
`python -m tests.cli.faults` counts the cases.
"""

import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

FOLDER = Path(__file__).parent

CLASSES = {
    "unknown word": """
        test_words::test_an_unknown_word_gets_the_nearest_known_one
        test_words::test_a_word_of_a_few_that_is_not_one_of_them_gets_them_all
        test_words::test_no_word_is_suggested_where_none_is_near
        test_words::test_a_word_too_many_or_out_of_place_is_named""",
    "missing word": "test_words::test_a_missing_word_is_named",
    "-h anywhere": "test_words::test_help_wins_over_every_error",
    "not a number": "test_values::test_what_is_no_number_is_shown_with_the_range_allowed",
    "empty or inverted range": "test_values::test_an_empty_or_inverted_range_is_refused_with_both_ends",
    "too few, too many; order out of reach": """
        test_values::test_what_is_too_small_or_too_large_is_refused_with_the_limit
        test_values::test_limits_are_stated_in_the_help""",
    "negative values": """
        test_values::test_negative_values_are_numbers_and_no_options
        test_values::test_a_negative_range_is_read_as_two_numbers""",
    "extreme values": "test_values::test_extreme_points_give_finite_numbers",
    "parameter wrong": (
        "test_values::test_a_wrong_parameter_is_named_with_its_value_and_what_is_allowed"
    ),
    "options that contradict each other": """
        test_vanish::test_settings_that_contradict_each_other_or_make_no_sense_are_refused
        test_vanish::test_an_initialiser_and_a_standard_deviation_contradict_each_other
        test_files::test_a_format_that_contradicts_the_file_is_refused
        test_terminal::test_two_results_that_want_standard_output_contradict_each_other""",
    "same thing twice": """
        test_naming::test_the_same_activation_twice_is_shown_once_and_that_is_said
        test_values::test_what_all_holds_already_is_not_named_beside_it
        test_naming::test_the_same_activation_with_two_parameters_is_two""",
    "deep": """
        test_vanish::test_a_depth_that_no_float_survives_has_a_finite_logarithm_at_every_layer
        test_vanish::test_a_ratio_no_float_can_hold_is_printed_in_full""",
    "dead": "test_vanish::test_where_every_unit_is_dead_machines_get_null_and_people_a_sentence",
    "seeds": """
        test_values::test_the_same_seed_gives_the_same_bytes_and_another_seed_gives_others
        test_vanish::test_the_same_request_gives_the_same_bytes_whatever_the_hash_seed_is""",
    "failed check": """
        test_vanish::test_a_limit_that_is_broken_is_exit_code_1_with_the_whole_result
        test_vanish::test_limits_that_hold_are_exit_code_0
        test_naming::test_a_wrong_derivative_in_a_loaded_file_fails_the_check""",
    "file cannot be written": """
        test_files::test_a_file_that_cannot_be_written_is_named_as_it_was_given
        test_files::test_a_full_disk_over_an_old_picture_leaves_it_whole
        test_writing::test_whichever_step_fails_the_old_file_is_whole_and_nothing_is_left_over
        test_writing::test_whichever_step_fails_the_command_says_so_in_one_line
        test_writing::test_a_folder_and_a_file_without_permission_are_left_alone""",
    "file can be written": """
        test_files::test_the_suffix_decides_the_format_in_any_case
        test_files::test_a_symbolic_link_stays_one_and_its_target_gets_the_picture
        test_files::test_a_device_stays_a_device
        test_files::test_a_pipe_gets_the_whole_picture
        test_files::test_standard_output_by_its_path_is_a_pipe_too
        test_files::test_a_hard_link_keeps_what_it_had
        test_files::test_the_umask_of_a_new_file_and_the_mode_of_an_old_one_are_kept
        test_files::test_a_name_with_a_newline_is_written_and_shown_on_one_line""",
    "folder that is gone, few files, small files, no mode": """
        test_files::test_a_folder_that_is_gone_takes_no_picture_and_an_absolute_path_does
        test_files::test_a_shell_that_allows_little_gets_the_picture_or_one_line""",
    "killed or interrupted while writing": """
        test_writing::test_interrupted_at_any_step_the_file_is_old_or_new_and_nothing_is_left_over
        test_writing::test_killed_at_any_moment_the_file_is_old_or_new_and_nothing_is_left
        test_writing::test_a_command_killed_at_any_moment_leaves_the_old_or_the_new_picture
        test_writing::test_killed_between_naming_and_renaming_there_is_no_half_file""",
    "picture to a pipe": """
        test_files::test_a_picture_in_a_pipe_is_the_picture_alone
        test_streams::test_a_picture_is_refused_on_a_terminal""",
    "same input, same bytes": """
        test_files::test_the_same_request_gives_the_same_bytes
        test_surroundings::test_no_date_changes_a_picture
        test_surroundings::test_data_is_the_same_bytes_in_every_locale""",
    "streams full, closed or gone": """
        test_streams::test_a_full_standard_output_is_said_in_one_line
        test_streams::test_a_closed_standard_output_is_said_in_one_line
        test_streams::test_a_reader_that_goes_away_ends_it_quietly
        test_streams::test_a_reader_that_takes_one_line_gets_it
        test_streams::test_a_slow_reader_gets_every_byte
        test_streams::test_a_closed_or_full_standard_error_changes_neither_result_nor_code
        test_streams::test_a_closed_standard_input_changes_nothing""",
    "signals": """
        test_streams::test_a_signal_ends_it_within_a_second_without_a_word_or_half_a_file
        test_streams::test_a_signal_that_the_parent_ignores_stays_ignored""",
    "colour and width": """
        test_streams::test_what_is_piped_is_the_same_whatever_the_terminal_is_like
        test_streams::test_a_terminal_that_wants_no_escapes_gets_none
        test_streams::test_a_table_on_a_terminal_has_lines_and_colour_and_fits_its_width
        test_streams::test_help_survives_any_width
        test_terminal::test_no_value_of_columns_does_harm
        test_terminal::test_colour_is_for_terminals_and_for_those_who_force_it""",
    "language": """
        test_surroundings::test_a_narrow_locale_gets_ascii_in_place_of_letters_it_lacks
        test_surroundings::test_a_dot_is_the_decimal_mark_in_every_locale
        test_surroundings::test_a_label_in_any_script_is_shown_and_drawn_or_said_to_be_missing
        test_terminal::test_an_encoding_without_braille_gets_ascii""",
    "as many points as asked for": """
        test_terminal::test_the_csv_of_a_plot_holds_every_point
        test_list::test_the_csv_of_one_has_the_columns_of_all_and_one_row""",
    "ways to start it": """
        test_surroundings::test_any_way_to_start_python_gives_the_same
        test_surroundings::test_it_runs_from_an_archive
        test_surroundings::test_whoever_catches_standard_output_in_a_string_gets_the_results""",
    "a shell that completes": """
        test_completion::test_a_real_shell_completes_what_is_typed
        test_completion::test_a_shell_that_asks_amiss_is_told_in_one_line
        test_completion::test_an_empty_request_for_completion_is_none
        test_completion::test_an_unfinished_line_is_no_error
        test_completion::test_completion_is_not_installed_for_another_shell_than_it_was_asked_for""",
    "surroundings": """
        test_surroundings::test_the_surroundings_change_neither_the_picture_nor_the_words
        test_surroundings::test_a_stray_matplotlibrc_changes_nothing
        test_surroundings::test_modules_that_lie_about_in_the_folder_are_not_run
        test_surroundings::test_nothing_is_written_beside_what_was_asked_for
        test_surroundings::test_the_installed_files_need_not_be_writable
        test_writing::test_who_is_not_root_and_has_no_home_gets_the_same
        test_completion::test_a_home_that_cannot_be_written_is_said_in_one_line""",
    "memory short, package broken": """
        test_surroundings::test_memory_that_runs_out_is_said_in_one_line
        test_surroundings::test_a_limit_that_leaves_enough_memory_changes_nothing
        test_surroundings::test_a_package_that_cannot_be_loaded_is_no_bug_of_actcli""",
    "formula": """
        test_naming::test_what_is_outside_the_language_is_refused_with_its_position_and_nothing_runs
        test_naming::test_a_formula_works_wherever_a_name_does""",
    "formula that explodes": """
        test_naming::test_a_formula_too_long_too_deep_or_without_x_is_refused_before_it_is_read
        test_naming::test_a_tower_of_powers_is_infinite_at_once_and_not_computed_digit_by_digit""",
    "plug-in and a user's own file": """
        test_naming::test_a_plug_in_is_there_by_its_name_and_not_imported_otherwise
        test_naming::test_a_file_that_cannot_be_used_is_named_with_the_reason""",
    "hostile text": """
        test_surroundings::test_hostile_text_is_shown_as_text_on_one_line
        test_surroundings::test_no_word_of_the_user_is_read_as_markup_or_a_spreadsheet_formula""",
    "a bug": "test_surroundings::test_a_bug_is_one_line_and_the_traceback_is_there_for_the_asking",
    "anything at all": """
        test_fuzz::test_every_option_is_among_those_that_are_drawn
        test_fuzz::test_every_command_line_keeps_the_promises_about_codes_and_streams""",
}  # fmt: skip


def cases():
    """Return how many cases each test is run with, as pytest collects them."""
    words = [sys.executable, "-m", "pytest", "--collect-only", "-q", str(FOLDER)]
    done = subprocess.run(words, capture_output=True, text=True, check=True, cwd=FOLDER.parent.parent)
    found = re.findall(r"/(test_\w+)\.py::(test_\w+)", done.stdout)
    return Counter("::".join(place) for place in found)


def main():
    """Print the table of classes with the number of tests and of cases."""
    count = cases()
    print("| class | tests | cases |\n|---|---:|---:|")
    for name, tests in CLASSES.items():
        words = tests.split()
        print(f"| {name} | {len(words)} | {sum(count[word] for word in words)} |")


if __name__ == "__main__":
    main()

package dev.freshet.demo.shop;

import java.util.List;
import java.util.Random;

/** What names, titles and reviews are made of. None holds a tab, a newline or a backslash, so COPY takes them as they are. */
final class Words {

    static final List<String> GIVEN = List.of(
            "Ada", "Bruno", "Chidi", "Dalia", "Emre", "Fenna", "Goran", "Hanae", "Ines", "Jorge", "Kaja", "Liam");
    static final List<String> FAMILY = List.of(
            "Abara",
            "Brandt",
            "Castillo",
            "Dimitrov",
            "Eriksen",
            "Fontaine",
            "Greco",
            "Haddad",
            "Ito",
            "Jansen",
            "Kaya",
            "Lindqvist",
            "Moreau",
            "Novak",
            "Okafor",
            "Petrova",
            "Quiroga",
            "Rossi",
            "Sato",
            "Tanaka");
    static final List<String> QUALITY = List.of(
            "Silent",
            "Crooked",
            "Last",
            "Borrowed",
            "Golden",
            "Hollow",
            "Northern",
            "Patient",
            "Restless",
            "Salt",
            "Second",
            "Unwritten",
            "Vanishing",
            "Winter");
    static final List<String> THING = List.of(
            "Harbour",
            "Orchard",
            "Atlas",
            "Lantern",
            "River",
            "Letter",
            "Garden",
            "Machine",
            "Mountain",
            "Museum",
            "Notebook",
            "Railway",
            "Season",
            "Tide",
            "Window");
    static final List<String> PLACE = List.of(
            "Lisbon", "the Delta", "Tromsø", "Kyoto", "the Plain", "Valparaíso", "the Island", "Zagreb", "the Moor");
    static final List<String> GENRE = List.of(
            "Adventure",
            "Art",
            "Biography",
            "Classics",
            "Comedy",
            "Cooking",
            "Crime",
            "Drama",
            "Essays",
            "Fantasy",
            "Gardening",
            "History",
            "Horror",
            "Languages",
            "Letters",
            "Music",
            "Mystery",
            "Nature",
            "Philosophy",
            "Poetry",
            "Romance",
            "Science",
            "Thriller",
            "Travel");
    private static final List<String> VERDICT = List.of(
            "Could not put it down", "Too long by half", "A quiet wonder", "Not for me", "Better than the last");
    private static final List<String> REASON = List.of(
            "the ending stays with you",
            "the middle drags",
            "every page is alive",
            "the dialogue rings true",
            "the map alone is worth it",
            "nobody in it is likeable");

    private Words() {}

    static String pick(List<String> words, Random random) {
        return words.get(random.nextInt(words.size()));
    }

    static String title(Random random) {
        return "The " + pick(QUALITY, random) + " " + pick(THING, random) + " of " + pick(PLACE, random);
    }

    static String person(Random random) {
        return pick(GIVEN, random) + " " + pick(FAMILY, random);
    }

    static String review(Random random) {
        return pick(VERDICT, random) + ": " + pick(REASON, random) + ".";
    }
}

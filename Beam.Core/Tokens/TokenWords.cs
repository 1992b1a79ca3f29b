using System.Globalization;
using System.Security.Cryptography;

namespace Beam.Tokens;

/// <summary>Tokens of words, such as <c>7-amber-falcon-river</c>, for people who read them to each other. Each word has 9 bits.</summary>
internal static class TokenWords
{
    public const int BitsOfWord = 9;

    private const string List = """
        acorn agate alder almond alpaca amber anchor angle ankle antler apple apricot april apron arbor arch arena armor arrow aspen
        atlas attic auburn august aunt autumn avocado award axle azure bacon badge badger bagel bakery balcony ballad balloon bamboo
        banana banjo banner barley barn baron barrel basil basin basket bass bay beach beacon bead beagle bean bear beaver bed beech beet
        bell belt bench berry birch bison blanket blossom blue boat bolt bonnet book boot border bottle boulder bow bowl box bracket
        branch brass bread breeze brick bridge brook broom brush bubble bucket buckle buffalo bugle bulb bundle bunker burrow bus butter
        button cabin cable cactus cake camel camera candle canoe canvas canyon cape captain caravan carbon card cargo carpet carrot cart
        castle cat cave cedar celery cello cement chain chair chalk chapel chart cheese cherry chess chest chestnut chimney cider cinema
        circle circus city clam clarinet clay cliff clock cloud clover coach coal coast coat cobalt cobra cocoa coconut coffee coin
        collar comet compass copper coral corn corner cotton couch cougar crab cradle crane crater crayon creek cricket crimson crocus
        crow crown crystal cube cuckoo cup curry curtain cushion cypress dahlia daisy dance dawn deck deer delta denim desert desk dew
        diamond dinner dolphin donkey door dove dragon drawer dream drum duck dune dusk eagle earth easel east echo eclipse eel egg elbow
        elder elk elm ember emerald engine equator evening falcon farm feather fence fennel fern ferry fiddle field fig finch fir fire
        fjord flag flame flask flint flower flute foam fog forest fork fossil fox frame freckle frog frost fudge gable galaxy garden
        garlic garnet gate gazelle gecko geyser giant ginger giraffe glacier glass globe glove goat gold goose gorge granite grape grass
        gravel gravy green grove guitar gull gypsum hail hammer hammock harbor hare harp harvest hat hawk hazel heart heather hedge
        helmet heron hill honey hood hook horizon horn horse hotel house hut iceberg igloo indigo ink inn iris iron island ivory ivy
        jacket jade jaguar jam jar jasmine jelly jetty jewel judge juice july june jungle juniper kayak kettle key kimono king kitchen
        kite kiwi knight knot koala label lace ladder lagoon lake lamb lamp lantern larch lark lasso laurel lava leaf ledge lemon lemur
        lentil leopard letter library lilac lily lime linen lion lizard llama lobster locket lodge lotus lunch lute lynx machine magnet
        magpie mango mantle maple marble march market maroon marsh mast meadow medal melody melon metal meteor mill mint mirror mitten
        moat mole monsoon moon moose morning mosaic moss moth motor mouse mug mule museum mustard napkin narwhal nectar needle nest
        nettle newt night north nugget nutmeg oak oasis oat ocean ochre octopus olive omelet onion onyx opal opera orange orbit orchard
        orchid organ osprey otter oven owl oxygen oyster paddle palace palm panda pansy panther papaya paper parade parcel park parrot
        parsley path peach pear pearl pebble pelican pencil penguin pepper piano pillow pine pirate planet plum pocket poem poet pony
        poplar poppy prairie prism puffin pumpkin purple quail quartz queen quill quilt rabbit radar radish raft rain raven reef ribbon
        """;

    public static IReadOnlyList<string> Words { get; } = List.Split([' ', '\n', '\r'], StringSplitOptions.RemoveEmptyEntries);

    public static string Create(int count)
        => RandomNumberGenerator.GetInt32(10).ToString(CultureInfo.InvariantCulture)
            + string.Concat(Enumerable.Range(0, count).Select(static _ => "-" + Words[RandomNumberGenerator.GetInt32(Words.Count)]));

    /// <summary>Says whether something looks like a number and at least two words.</summary>
    public static bool AreWords(ReadOnlySpan<char> text)
    {
        if (text.Length < 2 || !char.IsAsciiDigit(text[0]) || text[1] != '-')
        {
            return false;
        }

        var words = 0;
        foreach (var range in text[2..].Split('-'))
        {
            var word = text[2..][range];
            if (word.IsEmpty || word.ContainsAnyExceptInRange('a', 'z'))
            {
                return false;
            }

            words++;
        }

        return words >= 2;
    }
}

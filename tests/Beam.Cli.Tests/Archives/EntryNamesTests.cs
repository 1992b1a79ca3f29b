using System.Globalization;
using Beam.Cli.Archives;

namespace Beam.Cli.Tests.Archives;

public sealed class EntryNamesTests
{
    // Counted from the start for each of them, they would take hours.
    private const int ManyNames = 200_000;

    [Fact]
    public async Task Names_ThatComeOutTheSame_AreCountedOn()
    {
        var names = new EntryNames(NameRules.Unix);

        var given = await Task.Run(
            () => Enumerable.Range(0, ManyNames).Select(number => names.Add([Unsafe(number)], ArchiveEntryKind.File)).ToArray()).Soon();

        Assert.Equal(string.Create(CultureInfo.InvariantCulture, $"{new string('_', 18)}~{ManyNames}"), given[^1]);
    }

    [Fact]
    public void Name_SkipsANumber_ThatAnotherHasAlready()
    {
        var names = new EntryNames(NameRules.Unix);

        string[] wanted = ["a_b~2", "a_b", "a\nb", "a\tb", "d/a_b", "d/a\nb"];
        string[] given = [.. wanted.Select(name => names.Add(name.Split('/'), ArchiveEntryKind.File))];

        Assert.Equal(["a_b~2", "a_b", "a_b~3", "a_b~4", Path.Combine("d", "a_b"), Path.Combine("d", "a_b~2")], given);
    }

    /// <summary>A name of control characters, another one for each number.</summary>
    private static string Unsafe(int number)
        => string.Concat(Enumerable.Range(0, 18).Select(bit => ((number >> bit) & 1) == 0 ? '\u0001' : '\u0002'));
}

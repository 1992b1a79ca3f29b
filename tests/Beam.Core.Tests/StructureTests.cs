using System.Reflection;
using System.Text.RegularExpressions;
using Beam.Transfers;

namespace Beam.Core.Tests;

/// <summary>Keeps the rooms of the house apart: how large a type may be, and which types may know each other.</summary>
public sealed partial class StructureTests
{
    private const int MostLines = 350;

    // Its roles, the writer, the readers and the bytes that move to the disk, share every field.
    private const string InSeveralFiles = "MemoryChunkBuffer";

    private static readonly string[] Parts =
    [
        "SenderSeat", "ReceiverSeat", "ReceiverSeats", "TransferContent", "TransferClock", "SeatChange", "Deadlines", "Overdue",
        "NextReceiver",
    ];

    private static readonly string[] Sources =
    [
        .. Directory.EnumerateDirectories(Repository.Root, "Beam.*")
            .SelectMany(static package => Directory.EnumerateFiles(package, "*.cs", SearchOption.AllDirectories))
            .Where(static path => !Generated().IsMatch(path)),
    ];

    private static string[] CoreSources
        => [.. Sources.Where(static path => path.StartsWith(Folder("Beam.Core"), StringComparison.Ordinal))];

    [Fact]
    public void Types_StandInOneFile_AndAreNotTooLong()
    {
        var types = Sources
            .GroupBy(static path
                => (Package: Path.GetRelativePath(Repository.Root, path).Split(Path.DirectorySeparatorChar)[0], Type: TypeOf(path)))
            .Where(static type => type.Key.Type != InSeveralFiles)
            .ToList();

        Assert.NotEmpty(types);
        Assert.All(types, static type => Assert.Single(type));
        Assert.All(types, static type => Assert.InRange(File.ReadLines(type.Single()).Count(), 1, MostLines));
    }

    [Fact]
    public void Transfer_HasFewFields()
        => Assert.InRange(typeof(Transfer).GetFields(BindingFlags.Instance | BindingFlags.NonPublic | BindingFlags.Public).Length, 1, 14);

    [Fact]
    public void Members_ThatUseNothingOfTheirObject_AreStatic()
        => Assert.All(Sources, static path => Assert.DoesNotContain("CA1822", File.ReadAllText(path), StringComparison.Ordinal));

    [Fact]
    public void Joining_PassesResultsAsValues()
    {
        var joining = CoreSources.Where(static path => path.StartsWith(Folder("Beam.Core", "Joining"), StringComparison.Ordinal)).ToList();
        var declarations = joining.SelectMany(static path
            => ByReference().Matches(File.ReadAllText(path)).Select(static match => match.Groups["method"].Value));

        Assert.NotEmpty(joining);
        Assert.All(declarations, static method => Assert.StartsWith("Try", method, StringComparison.Ordinal));
    }

    [Fact]
    public void Parts_KnowNoneOfTheirOwners()
    {
        var parts = CoreSources.Where(static path => Parts.Contains(TypeOf(path))).ToList();

        Assert.Equal(Parts.Length, parts.Count);
        Assert.All(parts, static path => Assert.DoesNotMatch(Owner(), Code(path)));
    }

    [Fact]
    public void Relay_IsKnownToNobodyBelowIt()
    {
        string[] above = ["Relay", "RelayHost", "BeamMetrics", "BeamCoreServiceCollectionExtensions"];
        var below = CoreSources.Where(path => !above.Contains(TypeOf(path))).ToList();

        Assert.NotEmpty(below);
        Assert.All(below, static path => Assert.DoesNotMatch(TheRelay(), Code(path)));
    }

    [Fact]
    public void Folders_DependOnEachOther_InOneDirectionOnly()
    {
        var arrows = Sources
            .SelectMany(static path
                => Using().Matches(File.ReadAllText(path)).Select(match => (From: NamespaceOf(path), To: match.Groups["to"].Value)))
            .Where(static arrow => arrow.From != arrow.To && arrow.To.StartsWith(PackageOf(arrow.From) + ".", StringComparison.Ordinal))
            .ToLookup(static arrow => arrow.From, static arrow => arrow.To, StringComparer.Ordinal);

        // A folder that only points to folders which are settled is settled, too; what is left over points in a circle.
        var left = arrows.Select(static folder => folder.Key).ToHashSet(StringComparer.Ordinal);
        Assert.NotEmpty(left);
        while (left.RemoveWhere(folder => arrows[folder].All(to => !left.Contains(to))) > 0)
        {
        }

        Assert.Empty(left);
    }

    private static string PackageOf(string name) => string.Join('.', name.Split('.').Take(2));

    private static string NamespaceOf(string path) => Namespace().Match(File.ReadAllText(path)).Groups["name"].Value;

    private static string Folder(params string[] names) => Path.Combine([Repository.Root, .. names]) + Path.DirectorySeparatorChar;

    private static string TypeOf(string path) => Path.GetFileName(path).Split('.')[0];

    /// <summary>Reads what the compiler reads.</summary>
    private static string Code(string path) => Comment().Replace(File.ReadAllText(path), "");

    [GeneratedRegex(@"^using (?<to>Beam\.\w+\.\w+);", RegexOptions.ExplicitCapture | RegexOptions.Multiline, 10_000)]
    private static partial Regex Using();

    [GeneratedRegex(@"^namespace (?<name>[\w.]+);", RegexOptions.ExplicitCapture | RegexOptions.Multiline, 10_000)]
    private static partial Regex Namespace();

    [GeneratedRegex(@"[\\/](obj|bin)[\\/]", RegexOptions.ExplicitCapture, 10_000)]
    private static partial Regex Generated();

    [GeneratedRegex(@"//.*$", RegexOptions.Multiline, 10_000)]
    private static partial Regex Comment();

    [GeneratedRegex(@"\b(Transfer|Relay|RelayHost|BeamChannel)\b(?!s)", RegexOptions.ExplicitCapture, 10_000)]
    private static partial Regex Owner();

    [GeneratedRegex(@"\bRelay\b", RegexOptions.ExplicitCapture, 10_000)]
    private static partial Regex TheRelay();

    [GeneratedRegex(@"(?<method>\w+)(<\w+>)?\([^()]*\b(out|ref) (?!var\b)[\w<>?\[\]]+ \w+", RegexOptions.ExplicitCapture, 10_000)]
    private static partial Regex ByReference();
}

namespace Beam.Core.Tests.Testing;

public sealed class ApiSnapshotTests
{
    [Fact]
    public void Of_ListsTypesAndMembers_AsCSharp()
    {
        var api = ApiSnapshot.Of(typeof(FakeClock).Assembly);

        Assert.StartsWith("namespace Beam.Testing\n", api, StringComparison.Ordinal);
        Assert.Contains("\npublic sealed class FakeClock : TimeProvider\n", api, StringComparison.Ordinal);
        Assert.Contains("    public FakeClock(DateTimeOffset? start = null)\n", api, StringComparison.Ordinal);
        Assert.Contains(
            "    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)\n",
            api,
            StringComparison.Ordinal);
        Assert.Contains(
            "    public static Task TrueAsync(Func<bool> condition, string because, TimeSpan? limit = null)\n",
            api,
            StringComparison.Ordinal);
        Assert.Contains("    public IReadOnlyDictionary<string, string?> Environment { get; init; }\n", api, StringComparison.Ordinal);
        Assert.Contains("public sealed record RawBody : IEquatable<RawBody>\n", api, StringComparison.Ordinal);
        Assert.Contains("public enum ConnectionEnd\n    Orderly = 0\n    Reset = 1\n", api, StringComparison.Ordinal);
    }

    [Fact]
    public void LineDiff_ShowsWhatChangedOnly() =>
        Assert.Equal("- b\n+ x\n+ d\n", LineDiff.Of("a\nb\nc", "a\nx\nc\nd"));
}

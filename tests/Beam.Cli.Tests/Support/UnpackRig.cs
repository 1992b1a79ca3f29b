using Beam.Cli.Archives;

namespace Beam.Cli.Tests.Support;

/// <summary>Unpacks archives into a folder that lies in another, in which nothing may appear.</summary>
internal sealed class UnpackRig : IUnpackConsent, IDisposable
{
    private readonly TempFolder _outside = new();

    public UnpackRig()
    {
        Folder = _outside["inside"];
        Directory.CreateDirectory(Folder);
        _outside.Write("secret", "untouched"u8);
    }

    public string Folder { get; }

    public string this[string name] => Path.Combine(Folder, name);

    public UnpackLimits Limits { get; set; } = new(100_000_000);

    public NameRules Rules { get; set; } = NameRules.Unix;

    public bool MayOverwrite { get; set; }

    public bool MayMakeObeyed { get; set; }

    public ValueTask<bool> MayOverwriteAsync(IReadOnlyList<string> existing, CancellationToken cancellationToken)
        => ValueTask.FromResult(MayOverwrite);

    public ValueTask<bool> MayMakeObeyedAsync(IReadOnlyList<string> obeyed, CancellationToken cancellationToken)
        => ValueTask.FromResult(MayMakeObeyed);

    public Task<UnpackSummary> TarAsync(byte[] archive) => TarAsync(new MemoryStream(archive));

    public Task<UnpackSummary> TarAsync(Stream archive) => UnpackAsync(TarEntries.ReadAsync(archive, CancellationToken.None));

    public Task<UnpackSummary> ZipAsync(byte[] archive)
        => UnpackAsync(ZipEntries.ReadAsync(new MemoryStream(archive), Limits, CancellationToken.None));

    /// <summary>Asserts that an archive is refused, and that neither inside nor outside is anything of it.</summary>
    public async Task RefusesAsync(Func<Task> unpack, string because)
    {
        var refusal = await Assert.ThrowsAsync<ArchiveRefusedException>(unpack);

        Assert.Contains(because, refusal.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFileSystemEntries(Folder));
        AssertNothingOutside();
    }

    public void AssertNothingOutside()
    {
        Assert.Equal(["inside", "secret"], Directory.EnumerateFileSystemEntries(_outside.Path).Select(Path.GetFileName).Order());
        Assert.Equal("untouched", File.ReadAllText(_outside["secret"]));
    }

    public void Dispose() => _outside.Dispose();

    private Task<UnpackSummary> UnpackAsync(IAsyncEnumerable<PackedEntry> entries)
        => new Unpacker(Limits, Rules).UnpackAsync(entries, Folder, isNew: false, consent: this, CancellationToken.None);
}

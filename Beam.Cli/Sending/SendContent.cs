using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Beam.Cli.Archives;
using Beam.Cli.Reports;
using Beam.Cli.Terminal;

namespace Beam.Cli.Sending;

/// <summary>What is sent: a file, the standard input, or files and folders as one archive.</summary>
internal sealed class SendContent : IAsyncDisposable
{
    /// <summary>Marks an archive that <c>beam receive</c> unpacks, together with the end of the name.</summary>
    public const string TarType = "application/x-tar";

    private const string ZipType = "application/zip";
    private const int MaxNameBytes = 200;

    private SendContent(Stream stream, string name)
    {
        Stream = stream;
        Name = name;
    }

    /// <summary>Gets the bytes.</summary>
    public Stream Stream { get; }

    /// <summary>Gets the name under which it is sent.</summary>
    public string Name { get; }

    /// <summary>Gets the media type, if it is not just bytes.</summary>
    public string? ContentType { get; private init; }

    /// <summary>
    /// Gets a text that is equal in a second run that sends the same content; <see langword="null"/> if that cannot be known.
    /// </summary>
    public string? Fingerprint { get; private init; }

    /// <summary>Gets the length, if it is known.</summary>
    public long? Length => Stream.CanSeek ? Stream.Length - Stream.Position : null;

    /// <summary>Reads content that can be read again, for its SHA-256 in hexadecimal letters.</summary>
    public async Task<string> ComputeSha256Async(CancellationToken cancellationToken)
    {
        var start = Stream.Position;
        var sha256 = await SHA256.HashDataAsync(Stream, cancellationToken);
        Stream.Position = start;
        return Convert.ToHexStringLower(sha256);
    }

    /// <summary>Opens what is to be sent.</summary>
    /// <exception cref="UsageException">The command line combines what cannot be combined.</exception>
    /// <exception cref="IOException">A file cannot be read.</exception>
    public static SendContent Open(
        SendRequest request,
        ToolConsole console,
        TimeProvider clock,
        IReport report,
        CancellationToken cancellationToken)
    {
        if (request.Paths.Contains("-"))
        {
            return request.Paths.Count == 1 && !request.Zip
                ? new SendContent(OpenInput(console, clock, cancellationToken), FitName(request.Name ?? "stdin", ""))
                : throw new UsageException("The standard input cannot be sent with --zip or together with files.");
        }

        if (request.Paths is [var only] && !Directory.Exists(only) && !request.Zip)
        {
            return OpenFile(only, request.Name);
        }

        var content = FolderScan.Scan(request.Paths, cancellationToken);
        foreach (var left in content.LeftOut)
        {
            report.Note($"Left out: {left.Path}: {left.Reason}.");
        }

        return request.Zip ? OpenZip(content, request, cancellationToken) : OpenTar(content, request);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => Stream.DisposeAsync();

    private static Stream OpenInput(ToolConsole console, TimeProvider clock, CancellationToken interrupted)
    {
        var input = console.OpenInput();
        return input.CanSeek ? input : new PipedInput(input, clock, interrupted);
    }

    private static SendContent OpenFile(string path, string? name)
    {
        var file = new FileStream(path, new FileStreamOptions
        {
            Mode = FileMode.Open,
            Access = FileAccess.Read,
            Share = FileShare.ReadWrite | FileShare.Delete,
            Options = FileOptions.SequentialScan,
            BufferSize = 0,
        });
        return new SendContent(file, FitName(name ?? Path.GetFileName(path), ""))
        {
            Fingerprint = file.CanSeek ? Print([Line(file, Path.GetFullPath(path)), name ?? ""]) : null,
        };
    }

    private static string Line(FileStream file, string path)
    {
        // A file that takes the place of another has its own time of creation, whatever it says of its last change.
        var (written, created) = (File.GetLastWriteTimeUtc(file.SafeFileHandle), File.GetCreationTimeUtc(file.SafeFileHandle));
        return string.Create(CultureInfo.InvariantCulture, $"file {path} {file.Length} {written.Ticks} {created.Ticks}");
    }

    private static SendContent OpenTar(ArchiveContent content, SendRequest request)
        => new(new TarArchiveStream(content.Entries), ArchiveName(request, ".tar"))
        {
            ContentType = TarType,
            Fingerprint = Print(content.Entries.Select(Line).Append(request.Name ?? "")),
        };

    private static string Line(ArchiveEntry entry)
    {
        var what = $"{entry.Kind} {entry.Name} {entry.SourcePath}";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{what} {entry.Length} {entry.ModifiedAt.UtcTicks} {(int)entry.Mode} {entry.LinkTarget}");
    }

    private static SendContent OpenZip(ArchiveContent content, SendRequest request, CancellationToken cancellationToken)
        => new(ZipArchiveStream.Open(content.Entries, cancellationToken), ArchiveName(request, ".zip")) { ContentType = ZipType };

    private static string ArchiveName(SendRequest request, string extension)
    {
        var name = request.Name ?? (request.Paths is [var only] ? LastName(only) : "files");
        return FitName(name.EndsWith(extension, StringComparison.OrdinalIgnoreCase) ? name[..^extension.Length] : name, extension);
    }

    private static string LastName(string path) => Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(path)));

    /// <summary>Makes a name that the protocol allows.</summary>
    private static string FitName(string name, string extension)
    {
        var fit = new StringBuilder();
        foreach (var rune in NameRules.Unix.Clean(name).EnumerateRunes())
        {
            if (Encoding.UTF8.GetByteCount(fit.ToString()) + rune.Utf8SequenceLength > MaxNameBytes)
            {
                break;
            }

            fit.Append(rune.Value is '/' or '\\' ? "_" : rune.ToString());
        }

        return fit.ToString() is { Length: > 0 } text && text is not ("." or "..") ? text + extension : "file" + extension;
    }

    private static string Print(IEnumerable<string> parts)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var part in parts)
        {
            hash.AppendData(Encoding.UTF8.GetBytes(part + "\0"));
        }

        return Convert.ToHexStringLower(hash.GetCurrentHash());
    }
}

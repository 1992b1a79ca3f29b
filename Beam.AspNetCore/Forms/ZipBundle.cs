using System.IO.Compression;
using Beam.AspNetCore.Requests;

namespace Beam.AspNetCore.Forms;

/// <summary>The files of a form as one zip, made while it is read. It holds only what its directory will say.</summary>
/// <remarks>The zip ends only after the form's end has come, so that a broken form never looks complete.</remarks>
internal sealed class ZipBundle(UploadForm form, bool isCompressed, TimeProvider timeProvider) : ReadOnlyStream
{
    // The directory is in memory until the end.
    private const int MaxEntries = 10_000;
    private const int MaxNameBytes = 1024 * 1024;
    private const int CompressedReadBytes = 64 * 1024;

    private readonly DateTimeOffset _at = timeProvider.GetUtcNow();
    private readonly BundlePaths _paths = new();
    private readonly List<ZipEntry> _entries = [];
    private readonly MemoryStream _compressed = new();
    private byte[]? _buffer;
    private DeflateStream? _deflate;
    private ZipEntry? _entry;
    private ReadOnlyMemory<byte> _ready;
    private long _position;
    private int _nameBytes;
    private bool _hasBegun;
    private bool _hasEnded;

    private static ReadOnlySpan<byte> EmptyDeflated => [0x03, 0x00];

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (buffer.IsEmpty)
        {
            return 0;
        }

        while (true)
        {
            if (_ready.Length > 0)
            {
                var count = Math.Min(buffer.Length, _ready.Length);
                _ready[..count].CopyTo(buffer);
                _ready = _ready[count..];
                _position += count;
                return count;
            }

            if (_entry is { IsCompressed: false } stored)
            {
                var count = await form.ReadFileAsync(buffer, cancellationToken);
                if (count > 0)
                {
                    stored.Count(buffer.Span[..count]);
                    stored.StoredLength += count;
                    _position += count;
                    return count;
                }

                EndEntry(stored);
            }
            else if (_entry is { } compressed)
            {
                await CompressAsync(compressed, cancellationToken);
            }
            else if (_hasEnded)
            {
                return 0;
            }
            else
            {
                await BeginEntryAsync(cancellationToken);
            }
        }
    }

    protected override void Dispose(bool disposing)
    {
        _deflate?.Dispose();
        _compressed.Dispose();
        base.Dispose(disposing);
    }

    private async ValueTask BeginEntryAsync(CancellationToken cancellationToken)
    {
        // Reading begins at the first file.
        var hasFile = !_hasBegun || await form.MoveToFileAsync(named: true, cancellationToken);
        _hasBegun = true;
        if (!hasFile)
        {
            _hasEnded = true;
            _ready = ZipFormat.End(_entries, _position, _at);
            return;
        }

        _entry = new ZipEntry(_paths.Add(form.FileName), _position, isCompressed);
        _nameBytes += _entry.Name.Length;
        if (_entries.Count == MaxEntries || _nameBytes > MaxNameBytes)
        {
            throw form.Fail("The form has too many files for one bundle.");
        }

        _entries.Add(_entry);
        _ready = ZipFormat.Header(_entry, _at);
    }

    private async ValueTask CompressAsync(ZipEntry entry, CancellationToken cancellationToken)
    {
        _buffer ??= new byte[CompressedReadBytes];
        _compressed.SetLength(0);
        _deflate ??= new DeflateStream(_compressed, CompressionLevel.Fastest, leaveOpen: true);
        var count = await form.ReadFileAsync(_buffer, cancellationToken);
        if (count > 0)
        {
            entry.Count(_buffer.AsSpan(0, count));
            _deflate.Write(_buffer, 0, count);
        }
        else
        {
            _deflate.Dispose();
            _deflate = null;
            if (entry.Length == 0)
            {
                // A compressor that got no bytes writes none. That is no deflated file: its end is missing.
                _compressed.Write(EmptyDeflated);
            }
        }

        entry.StoredLength += _compressed.Length;
        _ready = _compressed.GetBuffer().AsMemory(0, (int)_compressed.Length);
        if (count == 0)
        {
            // The rest that the compressor still had comes before the descriptor, which stands behind the file.
            var rest = _ready.ToArray();
            EndEntry(entry);
            _ready = (byte[])[.. rest, .. _ready.Span];
        }
    }

    private void EndEntry(ZipEntry entry)
    {
        _ready = ZipFormat.Descriptor(entry);
        _entry = null;
    }
}

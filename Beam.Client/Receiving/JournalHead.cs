using System.Text.Json.Serialization;

namespace Beam.Client;

/// <summary>The first line of a journal: which file it is about.</summary>
/// <param name="Path">Where the partial file is.</param>
/// <param name="Number">Its number on its volume; <see langword="null"/> where the system does not tell it.</param>
/// <param name="Owner">Its owner.</param>
/// <param name="MadeAt">When it was made.</param>
/// <param name="Transfer">The id of the transfer; <see langword="null"/> when nobody can go on with it.</param>
internal sealed record JournalHead(string? Path, ulong? Number, uint Owner, long MadeAt, string? Transfer)
{
    [JsonIgnore]
    public FileIdentity? Identity => Number is { } number ? new FileIdentity(number, Owner, MadeAt) : null;

    public static JournalHead Of(PartialFile partial, string? transfer)
        => new(
            partial.Path,
            partial.Identity?.Number,
            partial.Identity?.Owner ?? 0,
            partial.Identity?.MadeAt ?? 0,
            transfer);
}
